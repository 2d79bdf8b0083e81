import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KeyHash } from './key-hash.ts';

const minute = 60_000;

describe('key hash', () => {
  it('depends on the seed, the text, the index and the end', () => {
    const of = (seed: number, text: string, index: number, end: number): string => {
      const hash = new KeyHash(seed, 7);
      hash.text(text);
      hash.window({ low: hash.low, high: hash.high }, index, end);
      return `${hash.low} ${hash.high}`;
    };
    const hashes = new Set([
      of(1, 'a', 0, 1000),
      of(2, 'a', 0, 1000),
      of(1, 'b', 0, 1000),
      of(1, 'a\0', 0, 1000),
      of(1, 'a', 1, 1000),
      of(1, 'a', 0, 2000),
      of(1, 'a', 0, 1000 + 2 ** 32),
      of(1, '', 0, 1000),
    ]);
    assert.equal(hashes.size, 8);
  });

  it('depends on both halves of a key', () => {
    const hash = new KeyHash(1, 7);
    const of = (low: number, high: number): string => {
      hash.window({ low, high }, 0, minute);
      return `${hash.low} ${hash.high}`;
    };
    assert.equal(new Set([of(0, 0), of(1, 0), of(0, 1), of(1, 1), of(-1, 0)]).size, 5);
  });

  it('tells a hundred thousand keys apart and spreads them evenly', () => {
    const hash = new KeyHash(123, 456);
    const seen = new Set<string>();
    const buckets = new Array<number>(256).fill(0);
    for (let n = 0; n < 100_000; n++) {
      hash.text(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
      hash.window({ low: hash.low, high: hash.high }, 0, minute);
      seen.add(`${hash.low} ${hash.high}`);
      buckets[hash.low & 255]!++;
    }
    assert.equal(seen.size, 100_000);
    // 390 expected, deviation 20: six deviations either way.
    for (const count of buckets) assert.ok(count > 270 && count < 510, `${count} in one bucket`);
  });
});
