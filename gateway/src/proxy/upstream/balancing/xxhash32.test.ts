import assert from 'node:assert/strict';
import { it } from 'node:test';
import { xxhash32 } from './xxhash32.ts';

it('gives the values that are published for XXH32 with a seed of 0', () => {
  const published: readonly (readonly [string, number])[] = [
    ['', 0x02cc5d05],
    ['a', 0x550d7456],
    ['abc', 0x32d153ff],
    ['abcd', 0xa3643705],
    ['Nobody inspects the spammish repetition', 0xe2293b2f],
    ['123456789ABCDEF', 0x576e3cf9],
    ['1234567891123456', 0xd71fe957],
  ];
  for (const [bytes, hash] of published) assert.equal(xxhash32(bytes), hash, bytes);
});

it('gives the values of the sanity check that comes with the reference implementation', () => {
  // Its input: bytes of a generator that starts from the prime 2654435761.
  let generator = 2654435761n;
  const bytes: string[] = [];
  for (let i = 0; i < 222; i++) {
    bytes.push(String.fromCharCode(Number(generator >> 56n)));
    generator = (generator * 11400714785074694797n) & 0xffff_ffff_ffff_ffffn;
  }
  const input = bytes.join('');
  const expected: readonly (readonly [number, number])[] = [
    [0, 0x02cc5d05],
    [1, 0xcf65b03e],
    [14, 0x1208e7e2],
    [222, 0x5bd11dbd],
  ];
  for (const [length, hash] of expected) {
    assert.equal(xxhash32(input.slice(0, length)), hash, `${length} bytes`);
  }
});
