import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseMetrics, total } from '../support/metrics.ts';
import { useSite } from '../support/site.ts';
import { until } from '../support/until.ts';
import { connectFrames, frame, uint32, type FrameClient } from './frame-client.ts';

const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const PUSH_PROMISE = 5;
const GOAWAY = 7;
const WINDOW_UPDATE = 8;
const CONTINUATION = 9;
const END_STREAM = 1;
const END_HEADERS = 4;
const PADDED = 8;

const PROTOCOL_ERROR = 1;
const FLOW_CONTROL_ERROR = 3;
const STREAM_CLOSED = 5;
const FRAME_SIZE_ERROR = 6;
const COMPRESSION_ERROR = 9;

/** `GET / http` and `POST / http` for the authority `h`. */
const GET = Buffer.from([0x82, 0x86, 0x84, 0x41, 1, 0x68]);
const POST = Buffer.from([0x83, 0x86, 0x84, 0x41, 1, 0x68]);
/** A field of 3,000 bytes that goes into the table. */
const LONG_FIELD = Buffer.concat([
  Buffer.from([0x40, 1, 0x61, 0x7f, 0x80 + ((3000 - 127) & 127), (3000 - 127) >> 7]),
  Buffer.alloc(3000, 0x62),
]);
const RESPONSE = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

const begin = (block: Buffer, flags = 0, stream = 1): Buffer =>
  frame(HEADERS, END_HEADERS | flags, stream, block);

/** A field whose name and value stand as they are, without the tables. */
function field(name: string, value: string): Buffer {
  const bytes = Buffer.from(`\0${String.fromCharCode(name.length)}${name}`, 'latin1');
  return Buffer.concat([bytes, Buffer.from([value.length]), Buffer.from(value, 'latin1')]);
}

describe('A client of HTTP/2 that breaks the rules', () => {
  const site = useSite({ listen: '127.0.0.1:0 http2', workers: 1 });

  const failures = async (reason: string): Promise<number> => {
    const text = await (await site.gateway.fetchStatus('/metrics')).text();
    return total(parseMetrics(text), 'sluice_http2_failures_total', { reason });
  };
  const serve = (): Promise<void> =>
    site.serve(async (exchange) => {
      await exchange.readBody();
      await exchange.write(RESPONSE);
    });

  async function status(client: FrameClient, stream: number): Promise<Buffer> {
    const head = await until('a head comes', () =>
      client.frames.find((one) => one.type === HEADERS && one.stream === stream),
    );
    return head.payload;
  }

  async function resetOf(client: FrameClient, stream: number): Promise<number> {
    const reset = await until('the stream is reset', () =>
      client.frames.find((one) => one.type === RST_STREAM && one.stream === stream),
    );
    return reset.payload.readUInt32BE(0);
  }

  const breaches: Record<string, readonly [reason: string, code: number, bytes: Buffer]> = {
    'with a frame that is too long': [
      'frame_size',
      FRAME_SIZE_ERROR,
      frame(DATA, 0, 1, Buffer.alloc(16_385)),
    ],
    'with a frame of the wrong length': [
      'frame_size',
      FRAME_SIZE_ERROR,
      frame(WINDOW_UPDATE, 0, 0, Buffer.alloc(3)),
    ],
    'with SETTINGS that cannot be': [
      'protocol',
      PROTOCOL_ERROR,
      frame(SETTINGS, 0, 0, Buffer.from([0, 2, 0, 0, 0, 2])),
    ],
    'with a body on a stream that never began': [
      'protocol',
      PROTOCOL_ERROR,
      frame(DATA, 0, 1, Buffer.from('x')),
    ],
    'with a stream of the server': ['protocol', PROTOCOL_ERROR, begin(GET, END_STREAM, 2)],
    'with a promise': ['protocol', PROTOCOL_ERROR, frame(PUSH_PROMISE, 0, 1, Buffer.alloc(4))],
    'with another frame in the middle of a head': [
      'protocol',
      PROTOCOL_ERROR,
      Buffer.concat([frame(HEADERS, 0, 1, GET), frame(DATA, 0, 1, Buffer.alloc(0))]),
    ],
    'with the end of a head that never began': [
      'protocol',
      PROTOCOL_ERROR,
      frame(CONTINUATION, END_HEADERS, 1, GET),
    ],
    'with a head that cannot be decompressed': [
      'compression',
      COMPRESSION_ERROR,
      begin(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff]), END_STREAM),
    ],
    'with a window that is too large': [
      'flow_control',
      FLOW_CONTROL_ERROR,
      frame(WINDOW_UPDATE, 0, 0, uint32(0x7fff_ffff)),
    ],
  };
  for (const [what, [reason, code, bytes]] of Object.entries(breaches)) {
    it(`${what} is told so, counted, and harms no other connection`, async () => {
      await serve();
      const neighbour = await connectFrames(site.gateway.proxyPort);
      const before = await failures(reason);
      const client = await connectFrames(site.gateway.proxyPort);
      await client.send(bytes);
      assert.equal(await client.goaway(), code);
      await until('it is counted', async () => (await failures(reason)) === before + 1);
      await neighbour.send(begin(GET, END_STREAM));
      assert.equal((await status(neighbour, 1))[0], 0x88);
      neighbour.close();
    });
  }

  const malformed: Record<string, Buffer> = {
    'without a method': Buffer.from([0x86, 0x84, 0x41, 1, 0x68]),
    'with a name in capitals': Buffer.concat([GET, field('X-A', 'b')]),
    'with a field of HTTP/1.1': Buffer.concat([GET, field('connection', 'close')]),
    'with a field that hides another': Buffer.concat([GET, field('x-a', 'b\r\nhost: evil')]),
    'with two lengths': Buffer.concat([
      GET,
      field('content-length', '1'),
      field('content-length', '2'),
    ]),
    'that ends before the length that it told': Buffer.concat([GET, field('content-length', '1')]),
  };
  for (const [what, block] of Object.entries(malformed)) {
    it(`gets no response to a request ${what}, and the other streams go on`, async () => {
      await serve();
      const client = await connectFrames(site.gateway.proxyPort);
      await client.send(Buffer.concat([begin(block, END_STREAM), begin(GET, END_STREAM, 3)]));
      assert.equal((await status(client, 3))[0], 0x88);
      const told = client.frames.filter(({ stream }) => stream === 1);
      assert.equal(told.length > 0, true);
      const refused = told.some(
        ({ type, payload }) =>
          (type === RST_STREAM && payload.readUInt32BE(0) === PROTOCOL_ERROR) ||
          (type === HEADERS && payload[0] === 0x8c),
      );
      assert.ok(refused, JSON.stringify(told));
      client.close();
    });
  }

  it('with a body behind the end of the request has its stream reset', async () => {
    await site.serve(() => new Promise(() => undefined));
    const client = await connectFrames(site.gateway.proxyPort);
    await client.send(Buffer.concat([begin(GET, END_STREAM), frame(DATA, 0, 1, Buffer.from('x'))]));
    assert.equal(await resetOf(client, 1), STREAM_CLOSED);
    await serve();
    await client.send(begin(GET, END_STREAM, 3));
    assert.equal((await status(client, 3))[0], 0x88);
    client.close();
  });

  it('with a body in spite of a length of nothing reaches no service', async () => {
    await serve();
    const client = await connectFrames(site.gateway.proxyPort);
    await client.send(begin(Buffer.concat([POST, field('content-length', '0')])));
    await client.send(frame(DATA, END_STREAM, 1, Buffer.from('x')));
    assert.equal(await resetOf(client, 1), PROTOCOL_ERROR);
    await client.send(begin(GET, END_STREAM, 3));
    await status(client, 3);
    const seen = site.origin.connections.map(({ stream }) => stream.recorded().toString('latin1'));
    assert.match(seen.join(''), /^GET [^]*\r\n\r\n$/);
    client.close();
  });

  it('with more than the length that it told never has a whole request at the service', async () => {
    await serve();
    const client = await connectFrames(site.gateway.proxyPort);
    const head = begin(Buffer.concat([POST, field('content-length', '4')]));
    await client.send(Buffer.concat([head, frame(DATA, 0, 1, Buffer.from('ab'))]));
    const { stream } = await until('the service is asked', () => site.origin.connections[0]);
    await until('the beginning is there', () => stream.recorded().includes('\r\n\r\nab'));
    await client.send(frame(DATA, 0, 1, Buffer.from('cd')));
    await client.send(frame(DATA, END_STREAM, 1, Buffer.from('ef')));
    assert.equal(await resetOf(client, 1), PROTOCOL_ERROR);
    assert.match(stream.recorded().toString('latin1'), /\r\n\r\nab$/);
    client.close();
  });

  it('with trailers that do not end the request has its stream reset', async () => {
    await serve();
    const client = await connectFrames(site.gateway.proxyPort);
    await client.send(begin(POST));
    await client.send(begin(field('x-end', 'yes')));
    assert.equal(await resetOf(client, 1), PROTOCOL_ERROR);
    client.close();
  });

  it('with trailers behind the end of the request has its stream reset', async () => {
    await site.serve(() => new Promise(() => undefined));
    const client = await connectFrames(site.gateway.proxyPort);
    await client.send(Buffer.concat([begin(GET, END_STREAM), begin(field('x', 'y'), END_STREAM)]));
    assert.equal(await resetOf(client, 1), STREAM_CLOSED);
    client.close();
  });

  it('with fields that steer something behind the body has its stream reset', async () => {
    await serve();
    const client = await connectFrames(site.gateway.proxyPort);
    await client.send(begin(POST));
    await client.send(begin(field(':path', '/admin'), END_STREAM));
    assert.equal(await resetOf(client, 1), PROTOCOL_ERROR);
    client.close();
  });

  it('with frames of nothing but padding does not end the body that they stand in', async () => {
    await serve();
    const client = await connectFrames(site.gateway.proxyPort);
    const padding = frame(DATA, PADDED, 1, Buffer.of(3, 0, 0, 0));
    await client.send(Buffer.concat([begin(POST), padding, frame(DATA, 0, 1, Buffer.from('a'))]));
    const { stream } = await until('the service is asked', () => site.origin.connections[0]);
    await until('the beginning is there', () => stream.recorded().includes('1\r\na\r\n'));
    await client.send(Buffer.concat([padding, frame(DATA, END_STREAM, 1, Buffer.from('b'))]));
    await status(client, 1);
    assert.match(stream.recorded().toString('latin1'), /\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n$/);
    client.close();
  });

  it('by half-closing its connection still gets the response', async () => {
    await serve();
    const client = await connectFrames(site.gateway.proxyPort);
    await client.send(
      Buffer.concat([begin(GET, END_STREAM), frame(GOAWAY, 0, 0, Buffer.alloc(8))]),
    );
    assert.equal((await status(client, 1))[0], 0x88);
    client.close();
  });

  it('with trailers that grow by a thousandfold has its stream reset', async () => {
    await serve();
    const client = await connectFrames(site.gateway.proxyPort);
    await client.send(begin(POST));
    await client.send(begin(Buffer.concat([LONG_FIELD, Buffer.alloc(12_000, 0xbe)]), END_STREAM));
    assert.equal(await resetOf(client, 1), PROTOCOL_ERROR);
    await client.send(begin(GET, END_STREAM, 3));
    assert.equal((await status(client, 3))[0], 0x88);
    client.close();
  });

  it('with a head that grows by a thousandfold gets 431, and costs no more than that', async () => {
    await serve();
    const client = await connectFrames(site.gateway.proxyPort);
    // The field comes again and again in one byte each.
    const bomb = Buffer.concat([GET, LONG_FIELD, Buffer.alloc(12_000, 0xbe)]);
    await client.send(Buffer.concat([begin(bomb, END_STREAM), begin(GET, END_STREAM, 3)]));
    const answer = await status(client, 1);
    assert.match(answer.toString('latin1'), /431/);
    assert.equal((await status(client, 3))[0], 0x88);
    client.close();
  });
});
