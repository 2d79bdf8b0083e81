import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import type net from 'node:net';
import { after, before, describe, it } from 'node:test';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { get, head } from '../support/message.ts';
import { fetchOnce } from '../support/raw-client.ts';

/** A message of gRPC with its frame. */
function message(text: string): Buffer {
  const bytes = Buffer.from(text);
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([frame, bytes]);
}

/** More than two frames hold. */
const LONG = '0123456789abcdef'.repeat(3750);

interface Answer {
  readonly headers: http2.IncomingHttpHeaders;
  readonly trailers: http2.IncomingHttpHeaders;
  readonly body: string;
  readonly code: number;
}

async function answerOf(stream: http2.ClientHttp2Stream): Promise<Answer> {
  let headers: http2.IncomingHttpHeaders = {};
  let trailers: http2.IncomingHttpHeaders = {};
  let body = '';
  stream.on('response', (got) => (headers = got));
  stream.on('trailers', (got) => (trailers = got));
  stream.on('data', (data: Buffer) => (body += data.toString('latin1')));
  stream.on('error', () => undefined);
  await once(stream, 'close');
  return { headers, trailers, body, code: stream.rstCode };
}

describe('Services of gRPC', () => {
  const servers: net.Server[] = [];
  const sessions: http2.ClientHttp2Session[] = [];
  const upstreams: http2.ServerHttp2Session[] = [];
  let gateway: Gateway;
  let refusals = 0;
  let cancelled: () => void = () => undefined;

  function serve(stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders): void {
    stream.on('error', () => undefined);
    const path = headers[':path'] ?? '';
    switch (path) {
      case '/t/Refuse':
        if (refusals++ === 0) {
          stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
          return;
        }
        break;
      case '/t/Only':
        stream.respond(
          { 'content-type': 'application/grpc', 'grpc-status': '5' },
          { endStream: true },
        );
        return;
      case '/t/Long':
        stream.respond(
          { 'content-type': 'application/grpc', 'x-long': LONG, 'grpc-status': '0' },
          { endStream: true },
        );
        return;
      case '/t/Hang':
        stream.on('close', () => cancelled());
        return;
      default:
    }
    stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'x-end': 'yes' }));
    stream.pipe(stream);
  }

  before(async () => {
    const server = http2.createServer();
    server.on('stream', serve);
    server.on('session', (session) => upstreams.push(session));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
    const { port } = server.address() as net.AddressInfo;
    gateway = await startGateway({
      workers: 1,
      listen: '127.0.0.1:0 http2',
      config: {
        _format_version: '3.0',
        services: [
          {
            name: 'grpc',
            protocol: 'grpc',
            host: '127.0.0.1',
            port,
            retries: 1,
            routes: [
              { name: 'grpc', protocols: ['grpc', 'grpcs'], paths: ['/t/'] },
              { name: 'http', paths: ['/http'] },
            ],
          },
          {
            name: 'nowhere',
            protocol: 'grpc',
            host: '127.0.0.1',
            port: 1,
            routes: [{ name: 'nowhere', protocols: ['grpc'], paths: ['/nowhere/'] }],
          },
        ],
      },
    });
  });

  after(async () => {
    for (const session of sessions) session.destroy();
    for (const session of upstreams) session.destroy();
    await gateway.stop();
    for (const server of servers) server.close();
  });

  function call(path: string, more: http2.OutgoingHttpHeaders = {}): http2.ClientHttp2Stream {
    const session = http2.connect(`http://127.0.0.1:${gateway.proxyPort}`);
    session.on('error', () => undefined);
    sessions.push(session);
    const headers = { ':method': 'POST', ':path': path, te: 'trailers', ...more };
    return session.request({ 'content-type': 'application/grpc', ...headers });
  }

  it('get a call, and its answer passes with its trailers', async () => {
    const stream = call('/t/Echo');
    stream.end(message('hello'));
    const { headers, trailers, body } = await answerOf(stream);
    assert.equal(headers[':status'], 200);
    assert.equal(headers['content-type'], 'application/grpc');
    assert.equal(body, message('hello').toString('latin1'));
    assert.equal(trailers['grpc-status'], '0');
    assert.equal(trailers['x-end'], 'yes');
  });

  it('talk with the client in both directions at once', async () => {
    const stream = call('/t/Echo');
    const done = answerOf(stream);
    for (const word of ['one', 'two', 'three']) {
      stream.write(message(word));
      const [echo] = (await once(stream, 'data')) as [Buffer];
      assert.equal(echo.toString('latin1'), message(word).toString('latin1'));
    }
    stream.end();
    assert.equal((await done).trailers['grpc-status'], '0');
  });

  it('get and send more than any window holds', async () => {
    const stream = call('/t/Echo');
    const long = message('x'.repeat(3_000_000));
    stream.end(long);
    assert.equal((await answerOf(stream)).body.length, long.length);
  });

  it('may answer with trailers only', async () => {
    const stream = call('/t/Only');
    stream.end(message('hello'));
    assert.equal((await answerOf(stream)).headers['grpc-status'], '5');
  });

  it('may answer with a head that takes several frames', async () => {
    const stream = call('/t/Long');
    stream.end(message('hello'));
    assert.equal((await answerOf(stream)).headers['x-long'], LONG);
  });

  it('get a call again that they have refused to look at', async () => {
    const stream = call('/t/Refuse');
    stream.end(message('hello'));
    assert.equal((await answerOf(stream)).trailers['grpc-status'], '0');
    assert.equal(refusals, 2);
  });

  it('are told when the client gives up', async () => {
    const told = new Promise<void>((resolve) => (cancelled = resolve));
    const stream = call('/t/Hang');
    const done = answerOf(stream);
    stream.write(message('hello'));
    setTimeout(() => stream.close(http2.constants.NGHTTP2_CANCEL), 50);
    await Promise.all([told, done]);
  });

  it('are not waited for longer than the client waits', async () => {
    const told = new Promise<void>((resolve) => (cancelled = resolve));
    const stream = call('/t/Hang', { 'grpc-timeout': '100m' });
    stream.end(message('hello'));
    const { headers } = await answerOf(stream);
    assert.equal(headers[':status'], 200);
    assert.equal(headers['grpc-status'], '4');
    await told;
  });

  it('that cannot be reached are answered for in the words of gRPC', async () => {
    const stream = call('/nowhere/Echo');
    stream.end(message('hello'));
    const { headers, body } = await answerOf(stream);
    assert.equal(headers[':status'], 200);
    assert.equal(headers['grpc-status'], '13');
    assert.equal(
      headers['grpc-message'],
      'An invalid response was received from the upstream server',
    );
    assert.equal(body, '');
  });

  it('answer plain HTTP/1.1 where a route of http leads to them', async () => {
    const response = await fetchOnce(gateway.proxyPort, get('/http'));
    assert.equal(response.status, 200);
  });

  it('want HTTP/2', async () => {
    const bytes = head(
      'POST /t/Echo HTTP/1.1',
      'Host: h',
      'Content-Type: application/grpc',
      'Content-Length: 0',
    );
    const response = await fetchOnce(gateway.proxyPort, bytes);
    assert.equal(response.status, 426);
  });
});
