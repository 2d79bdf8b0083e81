import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import { after, before, describe, it } from 'node:test';
import { Authority } from '../support/authority.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { head } from '../support/message.ts';
import { fetchOnce, type Response } from '../support/raw-client.ts';

const CA = '11111111-1111-4111-8111-111111111111';
const CLIENT = '22222222-2222-4222-8222-222222222222';

/** What a server saw of one request. */
interface Seen {
  readonly sni: string | false;
  readonly host: string | undefined;
  readonly client: string | undefined;
}

describe('Services with TLS', () => {
  const authority = new Authority();
  const clients = new Authority('Clients');
  const issued = authority.issue('DNS:up.test', 'IP:127.0.0.1');
  const servers: net.Server[] = [];
  let gateway: Gateway;
  let handshakes = 0;
  let resumed = 0;
  /** Bytes that came out of TLS on a server that is not to be trusted. */
  let leaked = 0;

  async function listen(server: net.Server): Promise<number> {
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as net.AddressInfo).port;
  }

  function answering(options: https.ServerOptions): https.Server {
    const server = https.createServer({ ...issued, ...options }, (request, response) => {
      const socket = request.socket as tls.TLSSocket;
      const seen: Seen = {
        sni: socket.servername ?? false,
        host: request.headers.host,
        client: socket.getPeerCertificate().subject?.CN as string | undefined,
      };
      response.end(JSON.stringify(seen));
    });
    server.on('secureConnection', () => handshakes++);
    return server;
  }

  const ask = (path: string, host = 'up.test'): Promise<Response> =>
    fetchOnce(gateway.proxyPort, head(`GET ${path} HTTP/1.1`, `Host: ${host}`));
  const seen = ({ text }: Response): Seen => JSON.parse(text) as Seen;

  before(async () => {
    const good = await listen(answering({}));
    const asking = await listen(
      answering({ requestCert: true, rejectUnauthorized: true, ca: clients.cert }),
    );
    const stranger = await listen(
      tls.createServer(issued, (socket) => {
        socket.on('data', (data) => (leaked += data.length)).on('error', () => undefined);
      }),
    );
    const plain = await listen(
      net.createServer((socket) => {
        socket.on('error', () => undefined).on('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
      }),
    );
    const deep = await listen(answering(authority.issueBehindAnother('IP:127.0.0.1')));
    const fleeting = await listen(
      https.createServer(issued, (request, response) => {
        if ((request.socket as tls.TLSSocket).isSessionReused()) resumed++;
        response.setHeader('Connection', 'close').end();
      }),
    );
    const both = await listen(
      http2.createSecureServer({ ...issued, allowHTTP1: true }, (request, response) => {
        response.end(request.httpVersion);
      }),
    );
    const service = (name: string, port: number, more: object): object => ({
      name,
      url: `https://127.0.0.1:${port}`,
      retries: 0,
      ...more,
      routes: [{ name, paths: [`/${name}`], preserve_host: name === 'named' }],
    });
    gateway = await startGateway({
      workers: 1,
      flags: ['--upstream-http2', 'on'],
      config: {
        _format_version: '3.0',
        ca_certificates: [{ id: CA, cert: authority.cert }],
        certificates: [{ id: CLIENT, ...clients.issue('DNS:client.test') }],
        services: [
          service('trusted', good, { ca_certificates: [CA] }),
          service('named', good, { ca_certificates: [CA] }),
          service('stranger', stranger, {}),
          service('unverified', good, { tls_verify: false }),
          service('shown', asking, { ca_certificates: [CA], client_certificate: CLIENT }),
          service('hidden', asking, { ca_certificates: [CA] }),
          service('plain', plain, { tls_verify: false }),
          service('deep', deep, { ca_certificates: [CA], tls_verify_depth: 1 }),
          service('too-deep', deep, { ca_certificates: [CA], tls_verify_depth: 0 }),
          service('fleeting', fleeting, { ca_certificates: [CA] }),
          service('both', both, { ca_certificates: [CA] }),
          service('balanced', 1, { url: 'https://balanced', ca_certificates: [CA] }),
        ],
        upstreams: [
          {
            name: 'balanced',
            host_header: 'up.test',
            client_certificate: { id: CLIENT },
            targets: [{ target: `127.0.0.1:${asking}` }],
          },
        ],
      },
    });
  });

  after(async () => {
    await gateway.stop();
    for (const server of servers) server.close();
    authority.remove();
    clients.remove();
  });

  const reasonOf = async (path: string): Promise<unknown> =>
    (await gateway.accessLine((line) => line['path'] === path && line['reason'] !== null))[
      'reason'
    ];

  it('are asked when an authority of theirs vouches for the name that they get as Host', async () => {
    assert.equal(seen(await ask('/trusted')).host?.startsWith('127.0.0.1:'), true);
    assert.deepEqual(seen(await ask('/named')), { sni: 'up.test', host: 'up.test' });
  });

  it('keep their connections for the next request', async () => {
    await ask('/trusted');
    const before = handshakes;
    await ask('/trusted');
    assert.equal(handshakes, before);
  });

  it('are not asked when the certificate is for another name', async () => {
    const response = await ask('/named', 'evil.test');
    assert.equal(response.status, 502);
    assert.equal(await reasonOf('/named'), 'upstream_tls');
    await gateway.logged(
      /which is to be 'evil\.test', failed: its certificate is for DNS:up\.test/,
    );
  });

  it('get to see nothing of a request when nobody vouches for them, by default', async () => {
    assert.equal((await ask('/stranger')).status, 502);
    assert.equal(await reasonOf('/stranger'), 'upstream_tls');
    assert.equal(leaked, 0);
    await gateway.logged(
      /failed: no authority that is trusted vouches for its certificate \([A-Z_]+\); if it can/,
    );
    assert.doesNotMatch(gateway.output, /Node\.js/);
  });

  it('are asked unseen where tls_verify is false', async () => {
    assert.equal((await ask('/unverified')).status, 200);
  });

  it('are shown the certificate of the service', async () => {
    assert.equal(seen(await ask('/shown')).client, 'leaf');
    assert.equal((await ask('/hidden')).status, 502);
  });

  it('are shown the certificate of the upstream, and asked for its name, where it has them', async () => {
    const { sni, client } = seen(await ask('/balanced'));
    assert.deepEqual({ sni, client }, { sni: 'up.test', client: 'leaf' });
  });

  it('may stand behind as many intermediate certificates as tls_verify_depth says', async () => {
    assert.equal((await ask('/deep')).status, 200);
    assert.equal((await ask('/too-deep')).status, 502);
    assert.equal(await reasonOf('/too-deep'), 'upstream_tls');
    await gateway.logged(/1 intermediate certificates?, and tls_verify_depth allows 0/);
  });

  it('that close their connections go on with the session on the next one', async () => {
    for (let i = 0; i < 3; i++) assert.equal((await ask('/fleeting')).status, 200);
    assert.ok(resumed >= 1, `${resumed} resumed`);
  });

  it('are asked by HTTP/2 where they choose it, and by HTTP/1.1 where not', async () => {
    for (let i = 0; i < 2; i++) assert.equal((await ask('/both')).text, '2.0');
    assert.equal((await ask('/trusted')).status, 200);
  });

  it('that do not speak TLS are answered for with 502', async () => {
    assert.equal((await ask('/plain')).status, 502);
    assert.equal(await reasonOf('/plain'), 'upstream_tls');
  });
});
