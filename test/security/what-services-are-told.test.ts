import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { TestPeer } from '../../gateway/src/plugin/peer/testing/test-peer.ts';
import { useSite } from '../support/site.ts';

const asked: { readonly host: string | undefined }[] = [];

/** Tells who asks, and notes what it is asked about. */
const authority = await TestPeer.start((request, response) => {
  const host = request.headers['x-forwarded-host'];
  asked.push({ host: String(host) });
  response.writeHead(host === 'admin.example' ? 403 : 200, { 'X-User': 'ada' }).end();
});

const externalAuth = {
  name: 'external-auth',
  config: { url: authority.url('/'), upstream_headers: ['x-user', 'x-role'] },
};

describe('What plugins tell services', () => {
  const site = useSite({
    listen: '127.0.0.1:0 http2',
    config: (port) => ({
      _format_version: '3.0',
      consumers: [{ username: 'ada', keyauth_credentials: [{ key: 'of-ada' }] }],
      services: [
        {
          name: 'origin',
          url: `http://127.0.0.1:${port}`,
          routes: [
            { name: 'asks', paths: ['/asks'], plugins: [externalAuth] },
            {
              name: 'session',
              paths: ['/session'],
              plugins: [
                {
                  name: 'session',
                  config: { secret: 'a'.repeat(32), request_headers: ['subject'] },
                },
                { name: 'key-auth' },
              ],
            },
          ],
        },
      ],
    }),
  });

  before(() => site.serve());
  after(() => authority.stop());

  async function fieldsFor(path: string, lines: readonly string[]): Promise<string[]> {
    const head = [`GET ${path} HTTP/1.1`, 'Host: shop.example', 'Connection: close', ...lines];
    const response = await site.fetch(`${head.join('\r\n')}\r\n\r\n`);
    assert.equal(response.status, 200);
    const { request } = await site.origin.exchange();
    return request.fields.map(([name, value]) => `${name.toLowerCase()}: ${value}`);
  }

  const spellings = (name: string): string[] => [
    name,
    name.toUpperCase(),
    name.replaceAll('-', '_'),
    name.replaceAll('-', '_').toUpperCase(),
  ];

  it('is never said by clients, however they spell the names of fields', async () => {
    const sent = ['x-user', 'x-role'].flatMap(spellings).map((name) => `${name}: root`);
    const fields = await fieldsFor('/asks', sent);
    assert.deepEqual(
      fields.filter((field) => /^x[-_](user|role)/.test(field)),
      ['x-user: ada'],
    );
  });

  it('is not said again by clients behind the body, where other fields pass', async () => {
    const names = ['x-user', 'x-role'].flatMap(spellings);
    const lines = [...names.map((name) => `${name}: root`), 'x-checksum: 1'];
    const head = `POST /asks HTTP/1.1\r\nHost: shop.example\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const response = await site.fetch(`${head}1\r\nx\r\n0\r\n${lines.join('\r\n')}\r\n\r\n`);
    assert.equal(response.status, 200);
    const { body } = await site.origin.exchange();
    assert.deepEqual(body?.trailers, [['x-checksum', '1']]);
  });

  it('is not said by clients where there is nothing to tell', async () => {
    const sent = spellings('session-subject').map((name) => `${name}: root`);
    const fields = await fieldsFor('/session', ['apikey: of-ada', ...sent]);
    assert.deepEqual(
      fields.filter((field) => /^session[-_]/.test(field)),
      [],
    );
  });

  it('does not get lost by a client that calls it a matter of the connection', async () => {
    const fields = await fieldsFor('/asks', ['Connection: x-user, x-consumer-id']);
    assert.ok(fields.includes('x-user: ada'));
  });

  it('is of the host that the request is for', async () => {
    asked.length = 0;
    const head = 'GET http://admin.example/asks HTTP/1.1\r\nHost: shop.example\r\n';
    const response = await site.fetch(`${head}Connection: close\r\n\r\n`);
    assert.equal(response.status, 403);
    assert.deepEqual(asked, [{ host: 'admin.example' }]);
  });
});
