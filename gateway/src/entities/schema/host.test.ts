import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseHost } from './host.ts';

describe('parseHost', () => {
  it('reads names, with or without port', () => {
    assert.deepEqual(parseHost('a.test'), { kind: 'name', host: 'a.test', port: null });
    assert.deepEqual(parseHost('A_b-c:80'), { kind: 'name', host: 'A_b-c', port: 80 });
  });

  it('reads IPv4 addresses', () => {
    assert.deepEqual(parseHost('10.0.0.1:0'), { kind: 'ipv4', host: '10.0.0.1', port: 0 });
    assert.equal(parseHost('256.1.1.1'), 'invalid ipv4 address: 256.1.1.1');
  });

  it('writes IPv6 addresses out', () => {
    const host = '2001:0db8:0000:0000:0000:0000:0000:0002';
    assert.deepEqual(parseHost('2001:DB8::2'), { kind: 'ipv6', host, port: null });
    assert.deepEqual(parseHost('[2001:db8::2]:8000'), { kind: 'ipv6', host, port: 8000 });
    const mapped = { kind: 'ipv6', host: '0000:0000:0000:0000:0000:ffff:0102:0304', port: null };
    assert.deepEqual(parseHost('::ffff:1.2.3.4'), mapped);
  });

  it('says what is wrong', () => {
    assert.equal(parseHost('a b'), 'invalid hostname: a b');
    assert.equal(parseHost('a..b'), 'invalid hostname: a..b');
    assert.equal(parseHost('a:70000'), 'invalid port number');
    assert.equal(parseHost('[::1'), 'invalid ipv6 address: [::1');
  });
});
