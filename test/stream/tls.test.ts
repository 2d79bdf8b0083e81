import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { Authority } from '../support/authority.ts';
import type { Gateway } from '../support/gateway.ts';
import { parseMetrics, total } from '../support/metrics.ts';
import { until, within } from '../support/until.ts';
import { unusedPort } from '../support/unused-port.ts';
import { configOf, echo, greet, StreamSite, streamService } from './stream-site.ts';

/** What OpenSSL's client says, and what it got, when it sends `input` and then ends. */
async function sClient(port: number, name: string, input: string) {
  const where = ['-connect', `127.0.0.1:${port}`, '-servername', name];
  const child = spawn('openssl', ['s_client', ...where, '-quiet', '-no_ign_eof'], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined);
  child.stdin.write(input);
  const output = text(child.stdout);
  const errors = text(child.stderr);
  const end = setTimeout(() => child.stdin.end(), 1000);
  const [code] = (await within('s_client', once(child, 'close'))) as [number];
  clearTimeout(end);
  return { code, output: await output, errors: await errors };
}

describe('TLS on a listener for streams', () => {
  const site = new StreamSite();
  const authority = new Authority();
  after(() => authority.remove());
  let gateway: Gateway;
  let port = 0;
  let passed: tls.Server;

  before(async () => {
    const own = authority.issue('DNS:db.test');
    const theirs = authority.issue('DNS:pass.test', 'DNS:verified.test', 'IP:127.0.0.1');
    const plain = await site.upstream(greet('plain'));
    passed = tls.createServer({ ...theirs, allowHalfOpen: true }, (socket) => {
      socket.write(`tls for ${(socket as { servername?: string }).servername || 'nobody'}\n`);
      socket.on('error', () => undefined);
      echo(socket);
    });
    passed.on('tlsClientError', () => undefined);
    passed.listen(0, '127.0.0.1');
    await once(passed, 'listening');
    site.atEnd(() => passed.close());
    const upstreamPort = (passed.address() as AddressInfo).port;
    port = await unusedPort();
    const ca = '00000000-0000-4000-8000-00000000000a';
    gateway = await site.gateway(
      `127.0.0.1:${port} ssl`,
      {
        ...configOf(
          streamService('terminated', plain.port, { protocols: ['tls'], snis: ['db.test'] }),
          streamService('passed', upstreamPort, {
            protocols: ['tls_passthrough'],
            snis: ['pass.test', '*.wild.test'],
          }),
          streamService(
            'verified',
            upstreamPort,
            { protocols: ['tls'], snis: ['verified.test'] },
            { protocol: 'tls', tls_verify: true, ca_certificates: [ca] },
          ),
          streamService(
            'distrusted',
            upstreamPort,
            { protocols: ['tls'], snis: ['distrusted.test'] },
            { protocol: 'tls', tls_verify: true },
          ),
        ),
        ca_certificates: [{ id: ca, cert: authority.cert }],
        certificates: [{ ...own, snis: [{ name: 'db.test' }] }],
      },
      { flags: ['--tls-handshake-timeout', '1s'] },
    );
  });

  const metric = async (name: string, labels: Record<string, string>): Promise<number> =>
    total(parseMetrics(await (await gateway.fetchStatus('/metrics')).text()), name, labels);

  it('is taken off by a route of tls, with the certificate of the name', async () => {
    const { output } = await sClient(port, 'db.test', 'hello\n');
    assert.equal(output, 'plain\nhello\n');
    const line = await gateway.accessLine(({ sni }) => sni === 'db.test');
    assert.deepEqual(
      [line['protocol'], line['route_name'], line['tls']],
      [
        'tls',
        'terminated',
        {
          ...{ version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
          ...{ client_verified: null, client_subject: null },
        },
      ],
    );
    assert.deepEqual([line['bytes_in'], line['bytes_out']], [6, 12]);
  });

  it('shows the certificate of the configuration', async () => {
    const socket = tls.connect({
      port,
      host: '127.0.0.1',
      servername: 'db.test',
      ca: authority.cert,
    });
    await within('the handshake', once(socket, 'secureConnect'));
    assert.equal(socket.authorized, true);
    socket.destroy();
  });

  it('passes through a route of tls_passthrough as it came', async () => {
    const socket = tls.connect({
      ...{ port, host: '127.0.0.1', servername: 'pass.test', ca: authority.cert },
    });
    const received = text(socket);
    socket.end('hello');
    assert.equal(await within('the end', received), 'tls for pass.test\nhello');
    const line = await gateway.accessLine(({ sni }) => sni === 'pass.test');
    assert.deepEqual(
      [line['protocol'], line['tls'], line['reason']],
      ['tls_passthrough', null, 'completed'],
    );
    // The handshake counts as content here.
    assert.ok(Number(line['bytes_in']) > 200);
  });

  it('passes through by a wildcard', async () => {
    const { output } = await sClient(port, 'a.wild.test', '');
    assert.equal(output, 'tls for a.wild.test\n');
  });

  it('is ended with an alert for a name that no route has', async () => {
    const { code, errors } = await sClient(port, 'unknown.test', '');
    assert.notEqual(code, 0);
    assert.match(errors, /unrecognized name/);
    const line = await gateway.accessLine(({ sni }) => sni === 'unknown.test');
    assert.deepEqual([line['reason'], line['status'], line['route_id']], ['no_route', 404, null]);
  });

  it('is spoken to a service of tls, which has to prove its name', async () => {
    const { output } = await sClient(port, 'verified.test', 'hello\n');
    assert.equal(output, 'tls for nobody\nhello\n');
    const socket = tls.connect({
      ...{ port, host: '127.0.0.1', servername: 'distrusted.test', rejectUnauthorized: false },
    });
    socket.on('error', () => undefined);
    const line = await gateway.accessLine(({ sni }) => sni === 'distrusted.test');
    assert.deepEqual([line['reason'], line['status']], ['upstream_tls', 502]);
    assert.match(gateway.output, /TLS with the upstream 127\.0\.0\.1:\d+.*failed/);
  });

  it('may end in one direction only', async () => {
    const socket = tls.connect({
      ...{
        port,
        host: '127.0.0.1',
        servername: 'db.test',
        ca: authority.cert,
        allowHalfOpen: true,
      },
    });
    const received = text(socket);
    await once(socket, 'secureConnect');
    socket.end('last words');
    assert.equal(await within('the end', received), 'plain\nlast words');
  });

  const strangers: [about: string, bytes: Buffer, reason: string, alert: string][] = [
    ['something else than TLS', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'not_tls', ''],
    [
      'a handshake that is none',
      Buffer.from('1603010005010000010a', 'hex'),
      'malformed',
      '15030100020232',
    ],
  ];
  for (const [about, bytes, reason, alert] of strangers) {
    it(`is refused to ${about}`, async () => {
      const before = await metric('sluice_tls_handshake_failures_total', { reason });
      const client = await site.connect(port);
      client.socket.write(bytes);
      const answer = await client.bytes.readToEnd('the end');
      assert.equal(answer.toString('hex'), alert);
      assert.equal(await metric('sluice_tls_handshake_failures_total', { reason }), before + 1);
    });
  }

  it('does not wait for ever for a ClientHello', async () => {
    const client = await site.connect(port);
    client.socket.write(Buffer.from('16030102000100', 'hex'));
    await client.rest();
    assert.ok((await metric('sluice_tls_handshake_failures_total', { reason: 'timeout' })) >= 1);
  });

  it('does not read a ClientHello without end', async () => {
    const client = await site.connect(port);
    client.socket.on('error', () => undefined);
    const record = Buffer.concat([Buffer.from('1603010400', 'hex'), Buffer.alloc(1024, 1)]);
    record.set([1, 0, 0x3f, 0xf0], 5);
    for (let n = 0; n < 40 && !client.socket.destroyed; n++) client.socket.write(record);
    await client.rest().catch(() => '');
    await until(
      'it is counted',
      async () =>
        (await metric('sluice_tls_handshake_failures_total', { reason: 'malformed' })) >= 2,
    );
  });

  it('leaves nothing behind', async () => {
    await until(
      'no connection is open',
      async () =>
        (await metric('sluice_connections', { side: 'client' })) === 0 &&
        (await metric('sluice_connections', { side: 'upstream' })) === 0,
    );
  });
});
