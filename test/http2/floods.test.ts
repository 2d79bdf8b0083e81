import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseMetrics, total, type Sample } from '../support/metrics.ts';
import { until } from '../support/until.ts';
import { useSite } from '../support/site.ts';
import { connectFrames, frame, uint32 } from './frame-client.ts';

const DATA = 0;
const HEADERS = 1;
const PRIORITY = 2;
const RST_STREAM = 3;
const SETTINGS = 4;
const PING = 6;
const WINDOW_UPDATE = 8;
const CONTINUATION = 9;
const END_STREAM = 1;
const END_HEADERS = 4;
const ENHANCE_YOUR_CALM = 11;

/** `GET / http` for the authority `h`. */
const REQUEST = Buffer.from([0x82, 0x86, 0x84, 0x41, 1, 0x68]);
const POST = Buffer.from([0x83, 0x86, 0x84, 0x41, 1, 0x68]);
const never = new Promise<void>(() => undefined);

describe('A flood of', () => {
  const site = useSite({ listen: '127.0.0.1:0 http2' });

  const samples = async (): Promise<Sample[]> =>
    parseMetrics(await (await site.gateway.fetchStatus('/metrics')).text());

  const floods: Record<
    string,
    readonly [reason: string, piece: (i: number) => Buffer, most?: number]
  > = {
    'cancelled requests': [
      'resets',
      (i) =>
        Buffer.concat([
          frame(HEADERS, END_HEADERS | END_STREAM, 2 * i + 1, REQUEST),
          frame(RST_STREAM, 0, 2 * i + 1, uint32(8)),
        ]),
    ],
    'requests that the gateway has to reset': [
      'resets',
      (i) =>
        Buffer.concat([
          frame(HEADERS, END_HEADERS | END_STREAM, 2 * i + 1, REQUEST),
          frame(WINDOW_UPDATE, 0, 2 * i + 1, uint32(0)),
        ]),
    ],
    SETTINGS: ['idle_frames', () => frame(SETTINGS, 0, 0, Buffer.alloc(0))],
    PING: ['idle_frames', () => frame(PING, 0, 0, Buffer.alloc(8))],
    PRIORITY: ['idle_frames', () => frame(PRIORITY, 0, 1, Buffer.alloc(5))],
    WINDOW_UPDATE: ['idle_frames', () => frame(WINDOW_UPDATE, 0, 0, uint32(1))],
    'frames of an unknown type': ['idle_frames', () => frame(99, 0, 0, Buffer.alloc(0))],
    'empty DATA': [
      'idle_frames',
      (i) => (i === 0 ? frame(HEADERS, END_HEADERS, 1, POST) : frame(DATA, 0, 1, Buffer.alloc(0))),
    ],
    CONTINUATION: [
      'continuation',
      (i) =>
        i === 0
          ? frame(HEADERS, END_STREAM, 1, REQUEST)
          : frame(CONTINUATION, 0, 1, Buffer.alloc(0)),
    ],
    'long CONTINUATION': [
      'head_too_long',
      (i) =>
        i === 0
          ? frame(HEADERS, END_STREAM, 1, REQUEST)
          : frame(CONTINUATION, 0, 1, Buffer.alloc(6000, 0x82)),
      20,
    ],
  };

  for (const [what, [reason, piece, most = 5000]] of Object.entries(floods)) {
    it(`${what} ends the connection, is counted, and harms nobody else`, async () => {
      await site.serve(() => never);
      const failures = async (): Promise<number> =>
        total(await samples(), 'sluice_http2_failures_total', { reason });
      const before = await failures();
      const client = await connectFrames(site.gateway.proxyPort);
      // No more than the gateway reads before it closes: it would reset what it has said last.
      for (let i = 0; i < most && !client.ended; i++) await client.send(piece(i));
      assert.equal(await client.goaway(), ENHANCE_YOUR_CALM);
      await until('the flood is counted', async () => (await failures()) > before);
      await site.serve(async (exchange) => {
        await exchange.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      });
      const response = await site.fetch('GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n');
      assert.equal(response.status, 200);
    });
  }
});
