import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import type net from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { startOrigin, type Origin } from '../support/origin.ts';
import { until } from '../support/until.ts';

const LONG = 64 * 1024 * 1024;
/** What may be under way between both ends when one of them waits: windows, and the system's buffers. */
const MOST_AHEAD = 24 * 1024 * 1024;
const PIECE = Buffer.alloc(64 * 1024, 'x');

/** How services are asked. */
const protocols = ['http', 'grpc'] as const;

describe('What neither end takes waits at the other end', () => {
  let gateway: Gateway;
  let origin: Origin;
  let upstream: http2.Http2Server;
  let client: http2.ClientHttp2Session;
  /** Bytes that a service has handed to its socket, or taken from it. */
  let sent = 0;
  let taken = 0;
  let released: () => void = () => undefined;

  before(async () => {
    origin = await startOrigin(async (exchange) => {
      if (exchange.request.method === 'POST') {
        const free = new Promise<void>((resolve) => (released = resolve));
        await free;
        taken = (await exchange.readBody()).bytes.length;
        await exchange.send(200);
        return;
      }
      await exchange.write(`HTTP/1.1 200 OK\r\nContent-Length: ${LONG}\r\n\r\n`);
      for (sent = 0; sent < LONG; sent += PIECE.length) await exchange.write(PIECE);
    });
    upstream = http2.createServer();
    upstream.on('stream', (stream: http2.ServerHttp2Stream, headers) => {
      stream.on('error', () => undefined);
      if (headers[':method'] === 'POST') {
        released = () => {
          stream.on('data', (data: Buffer) => (taken += data.length));
          stream.on('end', () => stream.respond({ ':status': 200 }, { endStream: true }));
        };
        return;
      }
      // Without trailers Node may reset a stream behind which data still waits for the window.
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-end': 'yes' }));
      sent = 0;
      const write = (): void => {
        while (sent < LONG) {
          sent += PIECE.length;
          if (!stream.write(PIECE)) {
            stream.once('drain', write);
            return;
          }
        }
        stream.end();
      };
      write();
    });
    upstream.listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    const ports = { http: origin.port, grpc: (upstream.address() as net.AddressInfo).port };
    gateway = await startGateway({
      listen: '127.0.0.1:0 http2',
      workers: 1,
      config: {
        _format_version: '3.0',
        services: protocols.map((protocol) => ({
          name: protocol,
          protocol,
          host: '127.0.0.1',
          port: ports[protocol],
          routes: [{ name: protocol, paths: [`/${protocol}`] }],
        })),
      },
    });
    client = http2.connect(`http://127.0.0.1:${gateway.proxyPort}`);
  });
  after(async () => {
    client.destroy();
    await gateway.stop();
    await origin.stop();
    upstream.close();
  });

  /** Waits until `progress` has come to a stand. @returns what it is then */
  async function standing(progress: () => number): Promise<number> {
    let last = -1;
    await until('it stands still', async () => {
      const before = last;
      last = progress();
      if (last > 0 && last === before) return true;
      await pause(200);
      return false;
    });
    return last;
  }

  for (const protocol of protocols) {
    it(`a response of ${protocol} that the client does not read`, async () => {
      const stream = client.request({ ':path': `/${protocol}` });
      await once(stream, 'response');
      assert.ok((await standing(() => sent)) < MOST_AHEAD, `${sent} bytes`);
      // Others on the same connection are not held up by it.
      const other = client.request({ ':path': '/nowhere' });
      const [head] = (await once(other, 'response')) as [http2.IncomingHttpHeaders];
      assert.equal(head[':status'], 404);
      other.close();
      let length = 0;
      stream.on('data', (data: Buffer) => (length += data.length));
      await once(stream, 'close');
      assert.equal(length, LONG);
    });

    it(`a request body that a service of ${protocol} does not read`, async () => {
      const stream = client.request({ ':method': 'POST', ':path': `/${protocol}` });
      stream.on('error', () => undefined);
      let written = 0;
      const write = (): void => {
        while (written < LONG) {
          written += PIECE.length;
          if (!stream.write(PIECE)) {
            stream.once('drain', write);
            return;
          }
        }
        stream.end();
      };
      taken = 0;
      write();
      assert.ok((await standing(() => written)) < MOST_AHEAD, `${written} bytes`);
      released();
      const [head] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders];
      assert.equal(head[':status'], 200);
      await until('all has arrived', () => taken === LONG);
      stream.close();
    });
  }
});
