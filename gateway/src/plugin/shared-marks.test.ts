import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createCounterMemory } from '../shm/counter-memory.ts';
import { SharedCounterTable } from '../shm/counter-table.ts';
import { SharedMarks } from './shared-marks.ts';

const [now, until] = [1_000_000, 1_060_000];

describe('SharedMarks', () => {
  it('are set once, whichever thread comes first, and known to all', () => {
    const memory = createCounterMemory(1024);
    const [one, two] = [memory, memory].map(
      (shared) => new SharedMarks(new SharedCounterTable(shared), 'x'),
    ) as [SharedMarks, SharedMarks];
    assert.equal(two.has('a', until, now), false);
    assert.equal(one.set('a', until, now), true);
    assert.equal(two.has('a', until, now), true);
    assert.equal(two.set('a', until, now), false);
    assert.equal(one.has('b', until, now), false);
  });

  it('are kept apart by their kind, and looking for one sets none', () => {
    const counters = new SharedCounterTable(createCounterMemory(1024));
    const [x, y] = [new SharedMarks(counters, 'x'), new SharedMarks(counters, 'y')];
    x.set('a', until, now);
    for (let i = 0; i < 3; i++) assert.equal(y.has('a', until, now), false);
  });

  it('say when there is no room', () => {
    const marks = new SharedMarks(new SharedCounterTable(createCounterMemory(8)), 'x');
    const results = Array.from({ length: 100 }, (_, i) => marks.set(`${i}`, until, now));
    assert.ok(results.includes(null));
    assert.equal(results[0], true);
  });
});
