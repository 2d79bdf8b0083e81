import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hashOf, SliceTable } from './slice-table.ts';

function copyOf<V>(table: SliceTable<V>, more = 0): SliceTable<V> {
  const work = table.copy(more);
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** What a table has for the first `length` characters of a text. */
function start<V>(
  table: SliceTable<V>,
  space: number,
  text: string,
  length: number,
): V | undefined {
  return table.findStart(space, hashOf(text.slice(0, length)), length, text);
}

describe('a table that is asked for parts of texts', () => {
  it('holds what a Map holds, in each space for itself, also after copies', () => {
    const text = fc.integer({ min: 0, max: 30 }).map((n) => `/api/${n}`);
    const kind = fc.constantFrom('set' as const, 'delete' as const, 'copy' as const);
    const step = fc.tuple(kind, fc.integer({ min: 0, max: 2 }), text);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        let table = new SliceTable<number>();
        const map = new Map<string, number>();
        for (const [index, [what, space, text]] of steps.entries()) {
          const key = `${space} ${text}`;
          if (what === 'copy') table = copyOf(table, index % 20);
          else if (what === 'set') {
            table.set(space, hashOf(text), text, index);
            map.set(key, index);
          } else {
            table.delete(space, hashOf(text), text);
            map.delete(key);
          }
          assert.equal(table.size, map.size);
        }
        for (let n = 0; n <= 30; n++) {
          for (let space = 0; space < 3; space++) {
            const found = start(table, space, `/api/${n}/orders`, `/api/${n}`.length);
            assert.equal(found, map.get(`${space} /api/${n}`));
          }
        }
      }),
    );
  });

  it('takes no text for another that is longer or shorter', () => {
    const table = new SliceTable<string>();
    table.set(0, hashOf('/api'), '/api', 'found');
    assert.equal(start(table, 0, '/api/orders', 4), 'found');
    assert.equal(start(table, 0, '/api/orders', 3), undefined);
    assert.equal(start(table, 0, '/api/orders', 5), undefined);
    // As if two texts had the same hash.
    assert.equal(table.findStart(0, hashOf('/api'), 5, '/api/orders'), undefined);
    assert.equal(table.findStart(0, hashOf('/api'), 4, '/apx/orders'), undefined);
  });

  it('leaves the table alone that it is a copy of', () => {
    const table = new SliceTable<number>();
    table.set(0, hashOf('/a'), '/a', 1);
    const copy = copyOf(table);
    copy.set(0, hashOf('/a'), '/a', 2);
    copy.set(0, hashOf('/b'), '/b', 3);
    assert.equal(start(table, 0, '/a', 2), 1);
    assert.equal(start(table, 0, '/b', 2), undefined);
    assert.equal(start(copy, 0, '/a', 2), 2);
  });

  it('is made smaller by a copy when little is left in it', () => {
    const table = new SliceTable<number>();
    const texts = Array.from({ length: 1000 }, (_, n) => `/service-${n}`);
    for (const [n, text] of texts.entries()) table.set(0, hashOf(text), text, n);
    for (const text of texts.slice(10)) table.delete(0, hashOf(text), text);
    const copy = copyOf(table);
    assert.ok(copy.capacity < table.capacity / 8, `${copy.capacity} of ${table.capacity}`);
    for (const [n, text] of texts.slice(0, 10).entries()) {
      assert.equal(start(copy, 0, text, text.length), n);
    }
  });
});
