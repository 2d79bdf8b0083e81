import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hashOfText, TextTable } from './text-table.ts';

describe('a table of texts', () => {
  it('holds what a Map holds, whatever was put in and taken out', () => {
    // Few keys and fewer hashes, so that many share a slot.
    const key = fc.integer({ min: 0, max: 40 }).map((n) => `key-${n}`);
    const step = fc.tuple(fc.boolean(), key);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), fc.integer(), (steps, seed) => {
        const table = new TextTable<number>();
        const map = new Map<string, number>();
        const hash = (text: string): number => hashOfText(text, seed) & 7;
        for (const [index, [put, text]] of steps.entries()) {
          if (put) {
            table.set(text, hash(text), index);
            map.set(text, index);
          } else assert.equal(table.delete(text, hash(text)), map.delete(text));
          assert.equal(table.size, map.size);
        }
        for (let n = 0; n <= 40; n++) {
          assert.equal(table.get(`key-${n}`, hash(`key-${n}`)), map.get(`key-${n}`));
        }
      }),
    );
  });

  it('finds a text that is equal but another string', () => {
    const table = new TextTable<number>();
    const text = 'consumer-1';
    table.set(text, hashOfText(text, 1), 1);
    const other = `xx${text}`.slice(2);
    assert.equal(table.get(other, hashOfText(other, 1)), 1);
  });

  it('spreads texts that differ in one place only', () => {
    const hashes = new Set<number>();
    for (let i = 0; i < 10_000; i++) {
      hashes.add(hashOfText(`${String(i).padStart(6, '0')}-the-same-end-for-all@example.com`, 7));
    }
    assert.ok(hashes.size > 9_990);
  });
});
