import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { uuidBytes, uuidV5 } from './uuid.ts';

describe('uuidV5', () => {
  const namespace = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';

  it('is that of RFC 9562, appendix A.4', () => {
    const id = uuidV5(uuidBytes(namespace), 'www.example.com');
    assert.equal(id, '2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  it('hashes every octet of a name, however long, and none of the one before', () => {
    for (const name of ['', 'é', '鍵'.repeat(200), 'a'.repeat(496), 'a'.repeat(5000), 'b']) {
      const all = Buffer.concat([uuidBytes(namespace), Buffer.from(name)]);
      const digest = createHash('sha1').update(all).digest('hex');
      const id = uuidV5(uuidBytes(namespace), name);
      assert.equal(id.slice(0, 13).replace('-', ''), digest.slice(0, 12), name.slice(0, 9));
      assert.equal(id.slice(24), digest.slice(20, 32), name.slice(0, 9));
    }
  });
});
