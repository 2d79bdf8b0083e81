import assert from 'node:assert/strict';
import net, { type AddressInfo } from 'node:net';
import { once } from 'node:events';
import tls from 'node:tls';
import { before, describe, it } from 'node:test';
import { BadClientHello, LONGEST_HELLO, readClientHello } from './client-hello.ts';

/** What OpenSSL says first when it connects. */
async function helloOf(options: tls.ConnectionOptions): Promise<Buffer> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connection = once(server, 'connection') as Promise<[net.Socket]>;
  const client = tls.connect({ port, host: '127.0.0.1', ...options });
  client.on('error', () => undefined);
  const [socket] = await connection;
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  client.destroy();
  server.close();
  return bytes;
}

/** The same message in records of `size` bytes. */
function inRecords(hello: Buffer, size: number): Buffer {
  const message = hello.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const fragment = message.subarray(at, at + size);
    records.push(Buffer.from([22, 3, 1, fragment.length >> 8, fragment.length & 255]), fragment);
  }
  return Buffer.concat(records);
}

describe('A ClientHello', () => {
  let hello: Buffer;
  before(async () => (hello = await helloOf({ servername: 'Shop.Example' })));

  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`of ${maxVersion} tells the name of the server`, async () => {
      const bytes = await helloOf({ servername: 'a.test', maxVersion });
      assert.equal(readClientHello(bytes)?.sni, 'a.test');
    });
  }

  it('need not name a server', async () => {
    assert.equal(readClientHello(await helloOf({ servername: '' }))?.sni, '');
  });

  it('tells for which kinds of keys it has suites', async () => {
    const offers = async (options: tls.ConnectionOptions): Promise<[boolean, boolean]> => {
      const { offersTls13, offersEcdsa } = readClientHello(await helloOf(options))!;
      return [offersTls13, offersEcdsa];
    };
    const rsa = 'ECDHE-RSA-AES128-GCM-SHA256';
    const ecdsa = 'ECDHE-ECDSA-CHACHA20-POLY1305';
    assert.deepEqual(await offers({}), [true, true]);
    assert.deepEqual(await offers({ maxVersion: 'TLSv1.2' }), [false, true]);
    assert.deepEqual(await offers({ maxVersion: 'TLSv1.2', ciphers: rsa }), [false, false]);
    assert.deepEqual(await offers({ maxVersion: 'TLSv1.2', ciphers: ecdsa }), [false, true]);
    assert.deepEqual(await offers({ ciphers: `TLS_AES_128_GCM_SHA256:${rsa}` }), [true, false]);
  });

  it('tells the name in lower case', () => {
    assert.equal(readClientHello(hello)?.sni, 'shop.example');
  });

  it('is incomplete until its last byte has come', () => {
    for (let length = 0; length < hello.length; length++) {
      assert.equal(readClientHello(hello.subarray(0, length)), null, `${length} bytes`);
    }
  });

  it('may be cut into records anywhere', () => {
    for (const size of [1, 3, 4, 5, 100, hello.length]) {
      assert.equal(readClientHello(inRecords(hello, size))?.sni, 'shop.example');
    }
  });

  it('may have something behind it', () => {
    const bytes = Buffer.concat([hello, Buffer.from('more')]);
    assert.equal(readClientHello(bytes)?.sni, 'shop.example');
  });

  it('is told from other protocols by its first bytes', () => {
    for (const text of ['GET / HTTP/1.1\r\n\r\n', 'SSH-2.0-x', '\x80\x2e\x01', '\x16\x02']) {
      assert.throws(
        () => readClientHello(Buffer.from(text, 'latin1')),
        (error) => error instanceof BadClientHello && !error.isTls,
      );
    }
  });

  it('is refused when it says that it is too long', () => {
    const bytes = Buffer.from([22, 3, 1, 0x40, 0, 1, 0, LONGEST_HELLO >> 8, LONGEST_HELLO & 255]);
    assert.throws(() => readClientHello(bytes), /too long/);
  });

  it('is refused when something else is said first', () => {
    const other = Buffer.from(hello);
    other[5] = 2;
    assert.throws(() => readClientHello(other), BadClientHello);
  });

  it('is refused when a name in it is none', () => {
    const bytes = Buffer.from(
      hello.toString('latin1').replace('Shop.Example', 'Shop\0Example'),
      'latin1',
    );
    assert.throws(() => readClientHello(bytes), /name that is none/);
  });

  it('never makes reading fail in another way, whatever byte is changed', () => {
    for (let at = 0; at < hello.length; at++) {
      for (const change of [1, 0x7f, 0xff]) {
        const bytes = Buffer.from(hello);
        bytes[at]! ^= change;
        try {
          readClientHello(bytes);
        } catch (error) {
          assert.ok(error instanceof BadClientHello, `byte ${at}: ${String(error)}`);
        }
      }
    }
  });
});
