import assert from 'node:assert/strict';
import { it } from 'node:test';
import { replaceUnderLoad } from './replacing.ts';

it('Certificates that are replaced again and again under load fail no request', async () => {
  const { replaced, handshakes, resumptions, shown, failures } = await replaceUnderLoad(4, 250);
  assert.deepEqual(failures, []);
  assert.ok(replaced > 5, `${replaced} replacements`);
  assert.ok(handshakes > 20, `${handshakes} handshakes`);
  assert.ok(resumptions > 0, `${resumptions} resumptions`);
  assert.equal(shown.size, 4, 'every certificate was shown');
});
