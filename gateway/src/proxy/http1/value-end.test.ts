import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FIELD_VALUE } from './characters.ts';
import { valueEnd } from './value-end.ts';

/** One octet after the other. */
function slowly(bytes: Uint8Array, position: number, end: number): number {
  let p = position;
  while (p < end && FIELD_VALUE[bytes[p]!] === 1) p++;
  return p;
}

/** As a thread reads them: memory of their own, of whole words. */
function read(octets: readonly number[], shift: number): Uint8Array {
  const bytes = new Uint8Array((shift + octets.length + 7) & ~3);
  bytes.set(octets, shift);
  return bytes;
}

describe('the end of a field value', () => {
  it('is found before each octet that none may have, wherever that stands', () => {
    for (let octet = 0; octet < 256; octet++) {
      for (let at = 0; at < 12; at++) {
        for (const around of [32, 97, 126, 128, 255]) {
          const bytes = read(
            Array.from({ length: 16 }, (_, i) => (i === at ? octet : around)),
            0,
          );
          for (let from = 0; from <= at; from++) {
            const expected = slowly(bytes, from, 16);
            assert.equal(valueEnd(bytes, from, 16), expected, `${octet} at ${at} from ${from}`);
          }
        }
      }
    }
  });

  it('is the same as octet by octet', () => {
    const octets = fc.array(fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constant(97)), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(octets, fc.nat(9), fc.nat(60), (value, shift, left) => {
        const bytes = read(value, shift);
        const end = Math.max(shift, shift + value.length - left);
        assert.equal(valueEnd(bytes, shift, end), slowly(bytes, shift, end));
      }),
    );
  });

  it('is found in a part of other memory as well', () => {
    const bytes = read([1, 2, 3, 97, 97, 97, 97, 97, 97, 97, 13, 10], 0).subarray(3);
    assert.equal(valueEnd(bytes, 0, bytes.length), 7);
  });

  it('is not looked for in what was there before', () => {
    const one = read([97, 97, 97, 97, 97, 97, 97, 13], 0);
    const other = read([97, 97, 13, 97, 97, 97, 97, 97], 0);
    assert.equal(valueEnd(one, 0, 8), 7);
    assert.equal(valueEnd(other, 0, 8), 2);
    assert.equal(valueEnd(one, 0, 8), 7);
  });
});
