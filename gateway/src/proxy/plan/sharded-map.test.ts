import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { ShardedMap } from './sharded-map.ts';

it('a sharded map answers as a map does, whatever is put in and taken out', () => {
  const key = fc.oneof(fc.constantFrom('', 'a', 'key', 'Zoë'), fc.string({ maxLength: 8 }));
  const step = fc.record({ key, remove: fc.boolean(), value: fc.integer() });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const sharded = new ShardedMap<number>();
      const plain = new Map<string, number>();
      for (const { key, remove, value } of steps) {
        if (remove) {
          sharded.delete(key);
          plain.delete(key);
        } else {
          sharded.set(key, value);
          plain.set(key, value);
        }
        assert.equal(sharded.size, plain.size);
      }
      for (const { key } of steps) assert.equal(sharded.get(key), plain.get(key));
    }),
  );
});
