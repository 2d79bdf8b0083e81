import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatListen, isLocal, listenList, plainListen } from './listen-kinds.ts';

const kind = listenList('ssl', 'http2', 'proxy_protocol', 'client_certificates');

describe('listeners', () => {
  it('are host and port or a path, several after commas', () => {
    assert.deepEqual(kind.parse('0.0.0.0:8000, [::1]:8001,localhost:0, unix:/run/x.sock'), [
      plainListen({ host: '0.0.0.0', port: 8000 }),
      plainListen({ host: '::1', port: 8001 }),
      plainListen({ host: 'localhost', port: 0 }),
      plainListen({ path: '/run/x.sock' }),
    ]);
  });

  it("take Kong's flags", () => {
    const [listen] = kind.parse('0.0.0.0:8443 ssl http2 proxy_protocol reuseport backlog=16384');
    assert.deepEqual(listen, {
      ...plainListen({ host: '0.0.0.0', port: 8443 }),
      ssl: true,
      http2: true,
      proxyProtocol: true,
      backlog: 16_384,
    });
    const [other] = kind.parse('[::]:1 bind deferred so_keepalive=on ipv6only=on');
    assert.deepEqual(other, {
      ...plainListen({ host: '::', port: 1 }),
      keepAlive: true,
      ipv6Only: true,
    });
  });

  it('read what they have formatted', () => {
    const text =
      '0.0.0.0:8000,[::1]:8001 ssl http2 proxy_protocol ipv6only=on so_keepalive=on client_certificates=optional backlog=5,unix:/x';
    assert.equal(kind.format(kind.parse(text)), text);
  });

  it('leave IPv4 to the listener that has it on the same port', () => {
    const families = (text: string) => kind.parse(text).map(({ ipv6Only }) => ipv6Only);
    assert.deepEqual(families('0.0.0.0:80, [::]:80, [::]:81'), [false, true, false]);
  });

  it('may be off, alone', () => {
    assert.deepEqual(kind.parse('off'), []);
    assert.equal(kind.format([]), 'off');
    assert.throws(() => kind.parse('127.0.0.1:1, off'), {
      message: 'names addresses beside "off"',
    });
  });

  for (const [text, message] of [
    ['0.0.0.0:8000 fast', 'has an unknown listener parameter "fast"'],
    [
      '0.0.0.0:80 client_certificates=on ssl',
      'asks for certificates "on", which is none of off, optional, required',
    ],
    ['0.0.0.0:80 client_certificates=off', 'asks for certificates of clients without "ssl"'],
    ['0.0.0.0:80 backlog=0', 'asks for "backlog=0", which is no number of connections'],
    [
      '0.0.0.0:80 so_keepalive=1:2:3',
      'asks for "so_keepalive=1:2:3", but only on and off can be chosen',
    ],
    ['8000', 'holds "8000", which is not an address with a port'],
    ['localhost', 'holds "localhost", which is not an address with a port'],
    [':8000', 'holds ":8000", which is not an address with a port'],
    ['::1:80', 'holds "::1:80", which is not an address with a port (IPv6 goes in brackets)'],
    ['[::g]:80', 'holds "::g", which is not an IPv6 address'],
    ['1.2.3:80', 'holds "1.2.3", which is not an IPv4 address'],
    ['127.0.0.1:65536', 'names port 65536, but the largest is 65535'],
    ['unix:x.sock', 'holds "unix:x.sock", whose path is not absolute'],
    [`unix:/${'x'.repeat(103)}`, 'holds a path of more than 103 bytes, which no socket can have'],
  ] as const) {
    it(`refuse "${text}"`, () => assert.throws(() => kind.parse(text), { message }));
  }

  it('refuse a flag that is of no use to them', () => {
    assert.throws(() => listenList('ssl').parse('127.0.0.1:1 http2'), {
      message: 'asks for "http2", which is not for it',
    });
  });

  it('are local on loopback addresses and unix sockets', () => {
    assert.equal(isLocal(plainListen({ path: '/x' })), true);
    assert.equal(isLocal(plainListen({ host: '127.0.0.1', port: 1 })), true);
    assert.equal(isLocal(plainListen({ host: '10.0.0.1', port: 1 })), false);
    assert.equal(formatListen(plainListen({ path: '/x' })), 'unix:/x');
  });
});
