import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ValueError } from './kinds.ts';
import { addressList, addressOrOff, cidrList, fieldName } from './network-kinds.ts';

describe('listeners', () => {
  const kind = addressList();

  it('are host and port, several after commas', () => {
    assert.deepEqual(kind.parse('0.0.0.0:8000, [::1]:8001,localhost:0'), [
      { host: '0.0.0.0', port: 8000 },
      { host: '::1', port: 8001 },
      { host: 'localhost', port: 0 },
    ]);
  });

  it('read what they have formatted', () => {
    const text = '0.0.0.0:8000,[::1]:8001';
    assert.equal(kind.format(kind.parse(text)), text);
  });

  it("accept Kong's reuseport, which is always in force", () => {
    assert.deepEqual(kind.parse('0.0.0.0:8000 reuseport'), [{ host: '0.0.0.0', port: 8000 }]);
  });

  for (const [text, message] of [
    ['0.0.0.0:8443 ssl', 'asks for "ssl", which is not supported yet'],
    ['0.0.0.0:8443 http2 reuseport', 'asks for "http2", which is not supported yet'],
    ['0.0.0.0:8000 backlog=16384', 'asks for "backlog=16384", which is not supported yet'],
    ['0.0.0.0:8000 fast', 'has an unknown listener parameter "fast"'],
    ['8000', 'holds "8000", which is not an address with a port'],
    ['localhost', 'holds "localhost", which is not an address with a port'],
    [':8000', 'holds ":8000", which is not an address with a port'],
    ['::1:80', 'holds "::1:80", which is not an address with a port (IPv6 goes in brackets)'],
    ['[::g]:80', 'holds "::g", which is not an IPv6 address'],
    ['1.2.3:80', 'holds "1.2.3", which is not an IPv4 address'],
    ['127.0.0.1:65536', 'names port 65536, but the largest is 65535'],
  ] as const) {
    it(`refuse "${text}"`, () => assert.throws(() => kind.parse(text), { message }));
  }

  it('may be off where one is optional', () => {
    assert.equal(addressOrOff().parse('off'), null);
    assert.equal(addressOrOff().format(null), 'off');
  });
});

describe('trusted addresses', () => {
  it('become blocks', () => {
    assert.deepEqual(cidrList().parse('10.0.0.0/8, 192.168.0.1,fe80::/10,::1'), [
      '10.0.0.0/8',
      '192.168.0.1/32',
      'fe80::/10',
      '::1/128',
    ]);
    assert.deepEqual(cidrList().parse(''), []);
  });

  for (const text of ['10.0.0.0/33', '::/129', '10.0.0', 'localhost', '10.0.0.0/', '1.1.1.1/8/8']) {
    it(`refuse "${text}"`, () => assert.throws(() => cidrList().parse(text), ValueError));
  }
});

describe('the name of a field', () => {
  it('becomes lower-case', () => assert.equal(fieldName().parse('X-Real-IP'), 'x-real-ip'));

  it('holds no space or colon', () => {
    assert.throws(() => fieldName().parse('X Real'), { message: 'is not a field name' });
    assert.throws(() => fieldName().parse('x-real-ip:'), { message: 'is not a field name' });
  });

  it('is not that of the PROXY protocol, which Kong would take', () => {
    assert.throws(() => fieldName().parse('proxy_protocol'), { message: /not supported yet/ });
  });
});
