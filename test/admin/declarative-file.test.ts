import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AdminClient, type JsonObject } from '../support/admin-client.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';

interface Change {
  readonly entity: string;
  readonly change: string;
  readonly fields: readonly string[];
}

/** @param host of the one service that tests change */
function documentWith(host: string): JsonObject {
  return {
    _format_version: '3.0',
    services: [
      { name: 'same', host: 'same.test' },
      { name: 'other', host },
    ],
    consumers: [
      {
        username: 'ann',
        basicauth_credentials: [{ username: 'ann', password: 'wonderland' }],
        jwt_secrets: [{ key: 'the-key', secret: 'the-secret' }],
        hmacauth_credentials: [{ username: 'ann', secret: 'the-secret' }],
        oauth2_credentials: [
          {
            name: 'app',
            client_id: 'an-app',
            client_secret: 'x',
            redirect_uris: ['https://a.test'],
          },
        ],
      },
    ],
  };
}

describe('A declarative file behind the Admin API', () => {
  let gateway: Gateway;
  let admin: AdminClient;
  before(async () => {
    gateway = await startGateway({ config: documentWith('a.test'), admin: true });
    admin = new AdminClient(gateway.adminPort);
  });
  after(async () => {
    admin?.close();
    await gateway?.stop();
  });

  async function password(): Promise<unknown> {
    const { data } = await admin.json('GET', '/basic-auths');
    return (data as { password: string }[])[0]?.password;
  }

  it('shows credentials, passwords as hashes only', async () => {
    for (const path of ['/basic-auths', '/jwts', '/hmac-auths', '/oauth2']) {
      const { data } = await admin.json('GET', path);
      assert.equal((data as unknown[]).length, 1, path);
    }
    assert.match(String(await password()), /^\$sha256\$/);
    const { config } = await admin.json('GET', '/config');
    assert.doesNotMatch(String(config), /wonderland/);
    assert.match(String(config), /^_transform: false$/m);
    const { warnings } = await gateway.status();
    assert.match(String(warnings), /oauth2 credential entities are not used by Sluice yet/);
  });

  it('keeps the hash of a password, and with it the revision, when nothing changes', async () => {
    const [hash, { revision }] = [await password(), await gateway.status()];
    gateway.signal('SIGHUP');
    await gateway.logged('configuration unchanged');
    assert.equal(await password(), hash);
    assert.equal((await gateway.status()).revision, revision);
  });

  it('is replaced in the name of who sent another one, with what that changed', async () => {
    const { status, headers } = await admin.send('POST', '/config', documentWith('b.test'));
    assert.equal(status, 201);
    const revision = String(headers['x-sluice-revision']);
    const told = await admin.json('GET', `/revisions/${revision}`);
    assert.deepEqual([told['by'], told['reason']], ['admin', 'POST /config']);
    assert.deepEqual(
      (told['changes'] as Change[]).map(({ entity, change, fields }) => [entity, change, fields]),
      [['services', 'update', ['host']]],
    );
  });
});
