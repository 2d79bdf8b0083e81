import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PersistentMap } from './persistent-map.ts';

const keys = fc.oneof(
  fc.constantFrom('', 'a', 'key', 'Zoë'),
  fc.integer({ min: 0, max: 300 }).map((n) => `https://service-${n}.example.com:8000`),
);
const steps = fc.record({ key: keys, remove: fc.boolean(), value: fc.integer() });

describe('a persistent map', () => {
  for (const empty of [
    () => PersistentMap.ofIds<number>(),
    () => PersistentMap.ofTexts<number>(),
  ]) {
    it('answers as a map does, and earlier versions as they did', () => {
      const editions = fc.array(fc.array(steps, { maxLength: 150 }), { maxLength: 8 });
      fc.assert(
        fc.property(editions, (all) => {
          const versions: { map: PersistentMap<number>; plain: Map<string, number> }[] = [];
          let map = empty();
          const plain = new Map<string, number>();
          for (const edition of all) {
            const edit = map.edit();
            for (const { key, remove, value } of edition) {
              if (remove) {
                edit.delete(key);
                plain.delete(key);
              } else {
                edit.set(key, value);
                plain.set(key, value);
              }
              assert.equal(edit.get(key), plain.get(key));
              assert.equal(edit.size, plain.size);
            }
            map = edit.done();
            versions.push({ map, plain: new Map(plain) });
          }
          for (const [index, { map: now, plain: expected }] of versions.entries()) {
            const first = versions[0] ?? { map: empty(), plain: new Map<string, number>() };
            for (const before of [first, versions[index - 1] ?? first]) {
              const keys = [...before.plain.keys(), ...expected.keys()];
              const differing = keys.filter((key) => before.plain.get(key) !== expected.get(key));
              for (const [one, other] of [
                [before.map, now],
                [before.plain, now],
              ] as const) {
                const found = [...PersistentMap.differing(one, other)].sort();
                assert.deepEqual(found, [...new Set(differing)].sort());
              }
            }
          }
          for (const version of versions) {
            assert.equal(version.map.size, version.plain.size);
            const entries = [...version.map.pieces()].flatMap((piece) => [...piece]);
            assert.deepEqual(new Map(entries), version.plain);
            assert.deepEqual(new Map(version.map), version.plain);
            assert.deepEqual(
              [...version.map.values()],
              [...version.map.keys()].map((key) => version.map.get(key)),
            );
            assert.equal(PersistentMap.from(version.map), version.map);
            assert.deepEqual(new Map(PersistentMap.from(version.plain)), version.plain);
            for (const [key, value] of version.plain) assert.equal(version.map.get(key), value);
          }
        }),
        { numRuns: 60 },
      );
    });
  }

  it('stays the same object when nothing was changed', () => {
    const edit = PersistentMap.ofIds<number>().edit();
    edit.set('a', 1);
    const map = edit.done();
    const idle = map.edit();
    idle.delete('b');
    assert.equal(idle.done(), map);
  });

  it('looks only into the parts that two versions do not share', () => {
    const edit = PersistentMap.ofIds<object>().edit();
    for (let n = 0; n < 1000; n++) edit.set(`key-${n}`, {});
    const before = edit.done();
    edit.set('key-7', {});
    const after = edit.done();
    let looks = 0;
    for (const piece of after.pieces()) {
      const entries = piece[Symbol.iterator].bind(piece);
      Object.assign(piece, { [Symbol.iterator]: () => ((looks += 1), entries()) });
    }
    assert.deepEqual([...PersistentMap.differing(before, after)], ['key-7']);
    assert.equal(looks, 1);
  });

  it('keeps a version as it was though its edit goes on', () => {
    const edit = PersistentMap.ofIds<number>().edit();
    edit.set('a', 1);
    const first = edit.done();
    edit.set('a', 2);
    assert.equal(first.get('a'), 1);
    assert.equal(edit.done().get('a'), 2);
  });
});
