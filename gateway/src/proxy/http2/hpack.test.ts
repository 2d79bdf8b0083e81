import assert from 'node:assert/strict';
import http2 from 'node:http2';
import net from 'node:net';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HpackDecoder } from './hpack-decoder.ts';
import { HpackEncoder } from './hpack-encoder.ts';

type Pair = readonly [name: string, value: string];

function decode(decoder: HpackDecoder, block: string | Buffer): Pair[] | null {
  const bytes = typeof block === 'string' ? Buffer.from(block, 'latin1') : block;
  const pairs: Pair[] = [];
  const whole = decoder.decode(bytes, 0, bytes.length, {
    onField: ({ name, value }) => pairs.push([name, value]),
  });
  return whole ? pairs : null;
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('HPACK decoder', () => {
  it('reads the requests of RFC 7541 appendix C.4, compressed by Huffman, one after another', () => {
    const decoder = new HpackDecoder(4096);
    const base: Pair[] = [
      [':method', 'GET'],
      [':scheme', 'http'],
      [':path', '/'],
      [':authority', 'www.example.com'],
    ];
    assert.deepEqual(decode(decoder, hex('828684418cf1e3c2e5f23a6ba0ab90f4ff')), base);
    assert.deepEqual(decode(decoder, hex('828684be5886a8eb10649cbf')), [
      ...base,
      ['cache-control', 'no-cache'],
    ]);
    assert.deepEqual(decode(decoder, hex('828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf')), [
      [':method', 'GET'],
      [':scheme', 'https'],
      [':path', '/index.html'],
      [':authority', 'www.example.com'],
      ['custom-key', 'custom-value'],
    ]);
  });

  it('evicts as RFC 7541 appendix C.6 shows', () => {
    const decoder = new HpackDecoder(256);
    const first = hex(
      '488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3',
    );
    assert.equal(decode(decoder, first)?.[0]?.[1], '302');
    assert.deepEqual(decode(decoder, hex('4883640effc1c0bf')), [
      [':status', '307'],
      ['cache-control', 'private'],
      ['date', 'Mon, 21 Oct 2013 20:13:21 GMT'],
      ['location', 'https://www.example.com'],
    ]);
    // What was pushed out by the 307 cannot be named any more.
    assert.equal(decode(decoder, hex('c2')), null);
  });

  it('refuses what is broken', () => {
    const cases = {
      'index 0': '80',
      'an index behind the table': 'be',
      'a name behind the table': '7f1001ff',
      'a number without end': 'ffffffffffffffffff',
      'a number that is cut short': 'ff80',
      'a string that is cut short': '400a6162',
      'a field without value': '4003616263',
      'a table larger than allowed': '3fe21f',
      'a table size behind a field': '823f10',
      'Huffman padding of eight bits': '400161821fff',
      'Huffman padding of zeros': '40016181 18'.replace(' ', ''),
      'the end of a string within one': '40016184ffffffff',
    };
    for (const [what, block] of Object.entries(cases)) {
      assert.equal(decode(new HpackDecoder(4096), hex(block)), null, what);
    }
  });

  it('survives any bytes', () => {
    const decoder = new HpackDecoder(4096);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        decode(decoder, Buffer.from(bytes));
      }),
    );
  });
});

describe('HPACK encoder', () => {
  const value = fc.string({
    unit: fc.integer({ min: 32, max: 255 }).map((c) => String.fromCharCode(c)),
  });
  const name = fc.constantFrom('server', 'x-a', 'x-b', 'content-type', 'set-cookie', 'via', 'date');
  const heads = fc.array(fc.array(fc.tuple(name, value), { maxLength: 8 }), { maxLength: 30 });

  it('writes what the decoder reads, whatever size of table is allowed on the way', () => {
    fc.assert(
      fc.property(heads, fc.array(fc.nat({ max: 5000 })), (all, sizes) => {
        const encoder = new HpackEncoder();
        const decoder = new HpackDecoder(4096);
        // Heads come again, so that the table is used.
        for (const [at, head] of [...all, ...all, ...all].entries()) {
          if (sizes.length > 0 && at % 3 === 0) encoder.allow(sizes[at % sizes.length]!);
          let block = encoder.begin() + encoder.status(200);
          for (const [n, v] of head) block += encoder.line(`${n}: ${v}`) ?? encoder.field(n, v);
          assert.deepEqual(decode(decoder, block), [[':status', '200'], ...head]);
        }
      }),
    );
  });

  it('needs one byte for a line that came twice before', () => {
    const encoder = new HpackEncoder();
    for (const length of [10, 10, 1]) {
      const block = encoder.line('x-a: abcde') ?? encoder.field('x-a', 'abcde');
      assert.ok(block.length <= 11 && (block.length === 1) === (length === 1));
    }
  });

  it('keeps cookies out of the table', () => {
    const encoder = new HpackEncoder();
    for (let i = 0; i < 3; i++) {
      assert.equal(encoder.line('set-cookie: a=b'), null);
      assert.equal(encoder.field('set-cookie', 'a=b').charCodeAt(0) & 0xf0, 0x10);
    }
  });
});

describe('HPACK beside that of Node', () => {
  it('reads what nghttp2 compresses', async () => {
    const requests = Array.from({ length: 20 }, (_, i) => ({
      ':path': `/orders/${i}?q=ab-${i * 7}`,
      'user-agent': 'a client',
      'x-same': 'the same every time',
      'x-other': `${i} &=~^|<>{}[]\u00e4`,
    }));
    const blocks = await compressedBy(requests);
    const decoder = new HpackDecoder(4096);
    for (const [i, request] of requests.entries()) {
      const got = new Map(decode(decoder, blocks[i]!));
      for (const [name, expected] of Object.entries(request)) {
        assert.equal(got.get(name), expected);
      }
    }
  });
});

/** What Node's client makes of the heads of these requests, sent on one connection. */
async function compressedBy(requests: readonly Record<string, string>[]): Promise<Buffer[]> {
  const blocks: Buffer[] = [];
  const preface = 24;
  const header = 9;
  const { promise, resolve } = Promise.withResolvers<void>();
  const server = net.createServer((socket) => {
    let all = Buffer.alloc(0);
    let position = preface;
    socket.on('error', () => undefined);
    socket.write(Buffer.from('000000040000000000', 'hex'));
    socket.on('data', (chunk: Buffer) => {
      all = Buffer.concat([all, chunk]);
      while (position + header <= all.length) {
        const end = position + header + all.readUIntBE(position, 3);
        if (end > all.length) return;
        if (all[position + 3] === 1) {
          const priority = (all[position + 4]! & 0x20) === 0 ? 0 : 5;
          blocks.push(all.subarray(position + header + priority, end));
        }
        position = end;
      }
      if (blocks.length === requests.length) resolve();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as net.AddressInfo;
  const session = http2.connect(`http://127.0.0.1:${port}`);
  session.on('error', () => undefined);
  for (const fields of requests) session.request(fields).on('error', () => undefined);
  await promise;
  session.destroy();
  server.close();
  return blocks;
}
