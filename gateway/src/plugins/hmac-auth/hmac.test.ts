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
        assert.equal(key.sign(text).toString('hex'), expected, `${secretLength}, ${length}`);
      }
    }
  });
}

test('a signature stays what it is while others are made', () => {
  const key = new HmacKey('sha256', 'secret');
  const first = key.sign('one');
  const before = first.toString('hex');
  key.sign('two');
  assert.equal(first.toString('hex'), before);
});
