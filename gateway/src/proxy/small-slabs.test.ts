import assert from 'node:assert/strict';
import { it } from 'node:test';
import { PieceList } from './piece-list.ts';
import { useSmallSlabs } from './small-slabs.ts';

/** Memory that is there because of the pieces, bytes. */
function memoryOf(lists: readonly PieceList[]): number {
  const memories = new Set(lists.flatMap(({ pieces }) => pieces.map(({ buffer }) => buffer)));
  return [...memories].reduce((sum, { byteLength }) => sum + byteLength, 0);
}

for (const length of [100, 4000, 5000, 16_000]) {
  it(`a slow exchange among many that has kept ${length} bytes keeps little else`, () => {
    useSmallSlabs();
    const chunk = new Uint8Array(length);
    const slow: PieceList[] = [];
    for (let i = 0; i < 10_000; i++) {
      const list = new PieceList();
      list.add(chunk);
      if (i % 1000 === 999) slow.push(list);
    }
    assert.ok(memoryOf(slow) <= slow.length * (length + 9000), `${memoryOf(slow)} bytes`);
  });
}
