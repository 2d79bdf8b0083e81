/** The configuration of the guide on logins that were issued before, as it is written there. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { TestIssuer } from '../../gateway/src/plugin/jose/testing/issuer.ts';
import { pairs, tokenOf } from '../../gateway/src/plugin/jose/testing/tokens.ts';
import { TestPeer } from '../../gateway/src/plugin/peer/testing/test-peer.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { startOrigin, type Origin } from '../support/origin.ts';

const guide = readFileSync('docs/guides/keep-logins-working.md', 'utf8');
const document = /```yaml\n([^]*?)```/.exec(guide)?.[1] ?? '';

describe('Old and new tokens side by side', () => {
  let gateway: Gateway;
  let origin: Origin;
  let issuer: TestIssuer;
  let old: TestPeer;

  before(async () => {
    issuer = await TestIssuer.start({ one: pairs.rsa.publicKey });
    old = await TestPeer.start(({ body }, response) => {
      const active = new URLSearchParams(body).get('token') === 'old';
      response.end(JSON.stringify(active ? { active, username: 'ada' } : { active }));
    });
    origin = await startOrigin();
    await origin.reset((exchange) =>
      exchange.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
    );
    const text = document
      .replace('http://127.0.0.1:9000', `http://127.0.0.1:${origin.port}`)
      .replace('https://login.example.com/jwks', issuer.uri)
      .replace('https://old-login.example.com/introspect', old.url('/introspect'));
    gateway = await startGateway({ config: text, fileName: 'kong.yaml' });
  });
  after(async () => {
    await gateway.stop();
    await origin.stop();
    await issuer.stop();
    await old.stop();
  });

  async function status(token?: string): Promise<number> {
    const headers: Record<string, string> =
      token === undefined ? {} : { Authorization: `Bearer ${token}` };
    return (await fetch(`http://127.0.0.1:${gateway.proxyPort}/orders`, { headers })).status;
  }
  const claims = { iss: 'https://login.example.com', sub: 'ada', exp: 4_102_444_800 };
  const fresh = (more: object = {}): string =>
    tokenOf('RS256', pairs.rsa.privateKey, { ...claims, ...more }, { kid: 'one' });

  it('both let in whom they know, and nobody else', async () => {
    assert.equal(await status('old'), 200);
    assert.equal(await status(fresh()), 200);
    assert.equal(await status(), 401);
    assert.equal(await status('unknown'), 401);
    assert.equal(await status(fresh({ exp: 1 })), 401);
  });

  it('do not need each other', async () => {
    await old.stop();
    assert.equal(await status(fresh({ jti: 'another' })), 200);
    assert.equal(await status('unknown too'), 401);
    assert.equal(await status('old'), 200);
  });
});
