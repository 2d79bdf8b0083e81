import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { useSite } from '../support/site.ts';
import { until } from '../support/until.ts';
import { connectFrames, frame, uint32, type FrameClient } from './frame-client.ts';

const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const PING = 6;
const WINDOW_UPDATE = 8;
const END_STREAM = 1;
const END_HEADERS = 4;
const CANCEL = 8;
const ENHANCE_YOUR_CALM = 11;

/** `GET / http` and `POST / http` for the authority `h`. */
const GET = Buffer.from([0x82, 0x86, 0x84, 0x41, 1, 0x68]);
const POST = Buffer.from([0x83, 0x86, 0x84, 0x41, 1, 0x68]);
/** From now on no stream takes anything of a body. */
const NO_WINDOW = frame(SETTINGS, 0, 0, Buffer.from([0, 4, 0, 0, 0, 0]));
const STREAM_WINDOW = 64 * 1024;
const FIRST_WINDOW = 65_535;
const PIECE = Buffer.alloc(8192);

const begin = (block: Buffer, flags = 0): Buffer => frame(HEADERS, END_HEADERS | flags, 1, block);

/** How much of a body the gateway takes, beyond what it has been sent. */
function roomIn({ frames }: FrameClient, sent: number): number {
  const granted = (id: number): number =>
    frames
      .filter(({ type, stream }) => type === WINDOW_UPDATE && stream === id)
      .reduce((sum, { payload }) => sum + payload.readUInt32BE(0), 0);
  return Math.min(FIRST_WINDOW + granted(0), STREAM_WINDOW + granted(1)) - sent;
}

const resetOf = ({ frames }: FrameClient): number | undefined =>
  frames.find(({ type }) => type === RST_STREAM)?.payload.readUInt32BE(0);

describe('A client of HTTP/2 that does not take its response', () => {
  const site = useSite({
    listen: '127.0.0.1:0 http2',
    flags: ['--send-timeout', '500ms', '--http2-stream-window', '64KiB'],
    workers: 1,
  });

  it('is given up while the service does not take its request either', async () => {
    await site.serve(async (exchange) => {
      exchange.connection.socket.pause();
      await exchange.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nbegin');
      await new Promise(() => undefined);
    });
    const client = await connectFrames(site.gateway.proxyPort);
    await client.send(Buffer.concat([NO_WINDOW, begin(POST)]));
    let sent = 0;
    const reset = await until('the stream is reset', async () => {
      while (roomIn(client, sent) >= PIECE.length) {
        await client.send(frame(DATA, 0, 1, PIECE));
        sent += PIECE.length;
      }
      return resetOf(client);
    });
    assert.equal(reset, CANCEL);
    client.close();
  });

  it('is given up even if it keeps saying something', async () => {
    const response = 'HTTP/1.1 200 OK\r\nContent-Length: 30000000\r\n\r\n';
    await site.serve(async (exchange) => {
      await exchange.write(response);
      await exchange.write(Buffer.alloc(30_000_000));
    });
    const client = await connectFrames(site.gateway.proxyPort);
    client.stopReading();
    const windows = Buffer.concat([
      frame(SETTINGS, 0, 0, Buffer.from([0, 4, 0x7f, 0xff, 0xff, 0xff])),
      frame(WINDOW_UPDATE, 0, 0, uint32(0x7000_0000)),
    ]);
    await client.send(Buffer.concat([windows, begin(GET, END_STREAM)]));
    await until('the connection is closed', async () => {
      await client.send(frame(PING, 0, 0, Buffer.alloc(8)));
      await delay(50);
      return client.ended;
    });
  });

  it('is told off when it takes it byte by byte', async () => {
    await site.serve((exchange) =>
      exchange.write(`HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n${'x'.repeat(60_000)}`),
    );
    const client = await connectFrames(site.gateway.proxyPort);
    await client.send(Buffer.concat([NO_WINDOW, begin(GET, END_STREAM)]));
    await until('the head comes', () => client.frames.some(({ type }) => type === HEADERS));
    for (let i = 0; i < 3000 && !client.ended; i++) {
      await client.send(frame(WINDOW_UPDATE, 0, 1, uint32(1)));
    }
    assert.equal(await client.goaway(), ENHANCE_YOUR_CALM);
  });
});
