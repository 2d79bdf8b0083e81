import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import zlib from 'node:zlib';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { ALL_PROTOCOLS, ask, PROTOCOLS } from '../support/protocols.ts';
import { oneService } from '../support/site.ts';
import { within } from '../support/until.ts';

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** Far shorter than what a stream of events or a long poll may rest. */
const SHORT = ['--idle-timeout', '--head-timeout', '--body-timeout', '--send-timeout'].flatMap(
  (flag) => [flag, '300ms'],
);
const READ_TIMEOUT = 2500;

describe('Streams of events', () => {
  let server: http.Server;
  let gateway: Gateway;
  let handler: Handler;

  before(async () => {
    server = http.createServer((request, response) => handler(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const service = { read_timeout: READ_TIMEOUT, retries: 0 };
    gateway = await startGateway({
      listen: ALL_PROTOCOLS,
      flags: SHORT,
      config: {
        _format_version: '3.0',
        services: [oneService(port, service)],
        plugins: [{ name: 'correlation-id', config: { echo_downstream: true } }],
      },
    });
  });

  after(async () => {
    server?.closeAllConnections();
    server?.close();
    await gateway?.stop();
  });

  beforeEach(() => (handler = (_, response) => response.end()));

  const begin = (response: http.ServerResponse, headers: http.OutgoingHttpHeaders = {}): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
    response.flushHeaders();
  };

  for (const protocol of PROTOCOLS) {
    describe(`over ${protocol}`, () => {
      const request = (signal?: AbortSignal) =>
        within(
          'the head',
          ask(protocol, gateway.proxyPorts, '/events', signal === undefined ? {} : { signal }),
        );

      for (const framing of ['chunks', 'the end of the connection'] as const) {
        it(`bring each event at once, framed by ${framing}`, async () => {
          const open = Promise.withResolvers<http.ServerResponse>();
          handler = (_, response) => {
            if (framing !== 'chunks') response.useChunkedEncodingByDefault = false;
            begin(response);
            open.resolve(response);
          };
          // The head comes before there is any event.
          const answer = await request();
          assert.equal(answer.status, 200);
          assert.ok(answer.headers['kong-request-id']);
          const response = await open.promise;
          for (let i = 0; i < 20; i++) {
            const arrived = once(answer.body, 'data') as Promise<[Buffer]>;
            response.write(`id: ${i}\ndata: event\n\n`);
            // The next one is sent only when this one is here: whoever buffers waits for ever.
            const [event] = await within(`event ${i}`, arrived);
            assert.equal(event.toString(), `id: ${i}\ndata: event\n\n`);
          }
          const end = once(answer.body, 'end');
          response.end();
          await within('the end', end);
        });
      }

      it('bring each event at once when they are compressed', async () => {
        const open = Promise.withResolvers<zlib.Gzip>();
        handler = (_, response) => {
          begin(response, { 'content-encoding': 'gzip' });
          const gzip = zlib.createGzip();
          gzip.pipe(response);
          gzip.flush();
          open.resolve(gzip);
        };
        const answer = await request();
        assert.equal(answer.headers['content-encoding'], 'gzip');
        const events = answer.body.pipe(zlib.createGunzip());
        const gzip = await open.promise;
        for (let i = 0; i < 5; i++) {
          const arrived = once(events, 'data') as Promise<[Buffer]>;
          gzip.write(`data: ${i}\n\n`);
          gzip.flush();
          const [event] = await within(`event ${i}`, arrived);
          assert.equal(event.toString(), `data: ${i}\n\n`);
        }
        gzip.end();
        await within('the end', once(events, 'end'));
      });

      it('may rest longer than a client may between requests, and go on longer than a read may take', async () => {
        handler = (_, response) => {
          begin(response);
          void (async () => {
            for (let i = 0; i < 3; i++) {
              await delay(READ_TIMEOUT / 2);
              response.write(`data: ${i}\n\n`);
            }
            response.end();
          })();
        };
        const answer = await request();
        assert.equal(await answer.text(), 'data: 0\n\ndata: 1\n\ndata: 2\n\n');
      });

      it('are broken off when the service is silent for longer than it may', async () => {
        handler = (_, response) => {
          begin(response);
          response.write('data: the only one\n\n');
        };
        const answer = await request();
        await assert.rejects(within('the end', answer.text()), { code: /ECONNRESET|ERR_HTTP2/ });
      });

      it('end at the service when the client is gone', async () => {
        const closed = Promise.withResolvers<void>();
        handler = (_, response) => {
          begin(response);
          response.write('data: x\n\n');
          response.on('close', () => closed.resolve());
        };
        const giveUp = new AbortController();
        const answer = await request(giveUp.signal);
        answer.body.on('error', () => undefined);
        await once(answer.body, 'data');
        giveUp.abort();
        await within('the service to hear of it', closed.promise);
      });

      it('are no different from a long poll that is answered late', async () => {
        handler = (_, response) => {
          void delay(READ_TIMEOUT / 2).then(() => response.end('at last'));
        };
        assert.equal(await (await request()).text(), 'at last');
      });
    });
  }
});
