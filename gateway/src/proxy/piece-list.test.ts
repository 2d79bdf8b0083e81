import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PieceList } from './piece-list.ts';

describe('PieceList', () => {
  it('holds what was added, in order, and copies that stay as they are', () => {
    const chunks = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc.integer({ min: 1000, max: 9000 }).map((size) => new Uint8Array(size).fill(size & 255)),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(chunks, (all) => {
        const list = new PieceList();
        const copies = all.map((chunk) => {
          const reused = Buffer.from(chunk);
          const copy = list.add(reused);
          reused.fill(0);
          return copy;
        });
        assert.deepEqual(Buffer.concat(list.pieces), Buffer.concat(all));
        assert.deepEqual(Buffer.concat(copies), Buffer.concat(all));
      }),
    );
  });

  it('holds many short pieces in few', () => {
    const list = new PieceList();
    for (let i = 0; i < 64 * 1024; i++) list.add(Buffer.of(i & 255));
    assert.equal(Buffer.concat(list.pieces).length, 64 * 1024);
    assert.ok(list.pieces.length <= 8, String(list.pieces.length));
  });

  it('goes on behind pieces that were taken off', () => {
    const list = new PieceList();
    list.add(Buffer.from('a'));
    list.add(Buffer.from('b'));
    assert.equal(list.shift()?.toString(), 'ab');
    assert.equal(list.shift(), undefined);
    list.add(Buffer.from('c'));
    assert.deepEqual(list.pieces.map(String), ['c']);
  });
});
