import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RoundRobin } from './round-robin.ts';

const indexes = (length: number) => Array.from({ length }, (_, index) => index);
const sum = (numbers: readonly number[]) => numbers.reduce((total, next) => total + next, 0);

function share(weights: readonly number[], picks: number): number[] {
  const wheel = new RoundRobin(indexes(weights.length), weights);
  const counts = weights.map(() => 0);
  for (let pick = 0; pick < picks; pick++) counts[wheel.next()]! += 1;
  return counts;
}

describe('weighted round robin', () => {
  it('gives every item exactly its weight in each turn of the wheel', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 800 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(weights, (weights) => {
        assert.deepEqual(share(weights, sum(weights)), weights);
      }),
    );
  });

  it('reduces weights by what they share', () => {
    assert.deepEqual(share([65535, 65535, 2 * 65535], 4), [1, 1, 2]);
  });

  it('keeps the proportions of wheels too large to turn once', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 65535 }), { minLength: 2, maxLength: 100 });
    fc.assert(
      fc.property(weights, (weights) => {
        const total = sum(weights);
        for (const [index, count] of share(weights, 10_000).entries()) {
          const expected = weights[index]! / total;
          assert.ok(Math.abs(count / 10_000 - expected) < 0.01, `${count} of ${expected}`);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('visits equal items once before any of them again', () => {
    const wheel = new RoundRobin(indexes(7), Array<number>(7).fill(100));
    for (let turn = 0; turn < 3; turn++) {
      const visited = indexes(7).map(() => wheel.next());
      assert.equal(new Set(visited).size, 7);
    }
  });

  it('spreads unequal weights instead of sending them in runs', () => {
    const wheel = new RoundRobin(['a', 'b'], [50, 50 * 1.02]);
    const picks = indexes(101).map(() => wheel.next());
    const longest = picks
      .join('')
      .match(/a+|b+/g)!
      .reduce((most, run) => Math.max(most, run.length), 0);
    assert.ok(longest <= 3, `a run of ${longest}`);
  });

  it('starts at different places', () => {
    const firsts = new Set(indexes(200).map(() => new RoundRobin([1, 2, 3], [1, 1, 1]).next()));
    assert.deepEqual([...firsts].sort(), [1, 2, 3]);
  });

  it('serves a single item', () => {
    assert.deepEqual(share([65535], 3), [3]);
  });
});
