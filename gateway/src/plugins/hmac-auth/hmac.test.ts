import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { HmacKey, type Hash } from './hmac.ts';

const hashes: readonly Hash[] = ['sha1', 'sha256', 'sha384', 'sha512'];

for (const hash of hashes) {
  test(`signs with ${hash} as Node does, secrets and texts of all lengths`, () => {
    for (const secretLength of [0, 1, 20, 63, 64, 65, 127, 128, 129, 500]) {
      const secret = 'é€k'.repeat(secretLength).slice(0, secretLength);
      const key = new HmacKey(hash, secret);
      for (const length of [0, 1, 55, 64, 300, 8064, 8065, 8128, 8129, 20_000]) {
        const text = Array.from({ length }, (_, i) =>
          String.fromCharCode((i * 7 + secretLength) % 256),
        ).join('');
        const expected = createHmac(hash, secret).update(text, 'latin1').digest('hex');
        assert.equal(
          Buffer.from(key.sign(text), 'latin1').toString('hex'),
          expected,
          `${secretLength}, ${length}`,
        );
      }
    }
  });
}
