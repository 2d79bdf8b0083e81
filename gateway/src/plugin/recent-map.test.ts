import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RecentMap } from './recent-map.ts';

describe('RecentMap', () => {
  it('keeps what is used, however much else comes', () => {
    const map = new RecentMap<number>(10);
    map.set('kept', 1);
    for (let i = 0; i < 100; i++) {
      map.set(`other ${i}`, i);
      assert.equal(map.get('kept'), 1);
    }
    assert.equal(map.get('other 0'), undefined);
    assert.equal(map.get('other 99'), 99);
  });

  it('forgets what was deleted', () => {
    const map = new RecentMap<number>(4);
    for (const key of ['a', 'b', 'c']) map.set(key, 1);
    for (const key of ['a', 'b', 'c']) map.delete(key);
    assert.deepEqual(
      ['a', 'b', 'c'].map((key) => map.get(key)),
      [undefined, undefined, undefined],
    );
    assert.equal(map.size, 0);
  });

  it('never has more entries than it may, nor an old value', () => {
    const key = fc.integer({ min: 0, max: 30 }).map(String);
    const steps = fc.array(fc.record({ key, value: fc.nat(), read: fc.boolean() }));
    fc.assert(
      fc.property(steps, fc.integer({ min: 2, max: 12 }), (list, most) => {
        const map = new RecentMap<number>(most);
        const model = new Map<string, number>();
        for (const step of list) {
          if (step.read) {
            const found = map.get(step.key);
            assert.ok(found === undefined || found === model.get(step.key));
          } else {
            map.set(step.key, step.value);
            model.set(step.key, step.value);
            assert.equal(map.get(step.key), step.value);
          }
          assert.ok(map.size <= most);
        }
      }),
    );
  });
});
