import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createClientAddress, withoutIPv4Mapping } from './client-address.ts';

function believing(trustedIps: string[], realIpRecursive = false) {
  return createClientAddress({ trustedIps, realIpRecursive });
}

describe('trust in a peer', () => {
  it('is given to nobody by default', () => {
    assert.equal(believing([]).trusts('127.0.0.1'), false);
  });

  it('is given to addresses within a block', () => {
    const gateway = believing(['10.0.0.0/8', '192.168.1.1', '2001:db8::/32', 'fd00::1']);
    for (const ip of ['10.0.0.0', '10.255.255.255', '192.168.1.1', '2001:db8:1::', 'fd00::1']) {
      assert.equal(gateway.trusts(ip), true, ip);
    }
    for (const ip of ['11.0.0.0', '9.255.255.255', '192.168.1.2', '2001:db9::', 'fd00::2', '::1']) {
      assert.equal(gateway.trusts(ip), false, ip);
    }
  });

  it('is given to everybody by blocks of everything', () => {
    const gateway = believing(['0.0.0.0/0', '::/0']);
    assert.equal(gateway.trusts('203.0.113.7'), true);
    assert.equal(gateway.trusts('2001:db8::1'), true);
  });

  it('sees the IPv4 address that a dual-stack socket reports', () => {
    assert.equal(believing(['10.0.0.0/8']).trusts('::ffff:10.1.2.3'), true);
  });

  it('is refused to what is no address', () => {
    assert.equal(believing(['0.0.0.0/0', '::/0']).trusts(''), false);
  });

  it('cannot be given to a block that is none', () => {
    assert.throws(() => believing(['10.0.0.0/33']));
    assert.throws(() => believing(['localhost']));
  });
});

describe('the client of a trusted peer', () => {
  const plain = believing(['127.0.0.0/8', '10.0.0.0/8']);
  const recursive = believing(['127.0.0.0/8', '10.0.0.0/8'], true);
  const PEER = '127.0.0.1';

  it('is the peer without the header', () => {
    assert.equal(plain.clientIp(PEER, undefined), PEER);
  });

  for (const [value, expected] of [
    ['10.9.9.9', '10.9.9.9'],
    ['10.1.2.3, 10.4.5.6', '10.4.5.6'],
    ['10.1.2.3,10.4.5.6 , ', '10.4.5.6'],
    ['203.0.113.7:4711', '203.0.113.7'],
    ['2001:DB8:0::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:4711', '2001:db8::1'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::ffff:cb00:7107', '203.0.113.7'],
  ] as const) {
    it(`is ${expected} for "${value}"`, () => assert.equal(plain.clientIp(PEER, value), expected));
  }

  for (const value of [
    '',
    ' , ',
    'unknown',
    '10.1.2.3, unknown',
    '10.1.2.3.4',
    '10.1.2.256',
    '010.1.2.3',
    'fe80::1%eth0',
    '[fe80::1%eth0]:80',
    '[10.1.2.3',
    '10.1.2.3 10.4.5.6',
  ]) {
    it(`is the peer for "${value}"`, () => assert.equal(plain.clientIp(PEER, value), PEER));
  }

  it('is the last one before the trusted ones when asked recursively', () => {
    const value = '198.51.100.1, 203.0.113.7, 10.1.2.3, 10.4.5.6';
    assert.equal(recursive.clientIp(PEER, value), '203.0.113.7');
  });

  it('is the first of the header when all are trusted', () => {
    assert.equal(recursive.clientIp(PEER, '10.1.2.3, 10.4.5.6'), '10.1.2.3');
  });

  it('is the last one that could be read when the chain breaks', () => {
    assert.equal(recursive.clientIp(PEER, '203.0.113.7, unknown, 10.4.5.6'), '10.4.5.6');
  });
});

describe('an IPv4 address in IPv6 form', () => {
  it('is written as IPv4', () => {
    assert.equal(withoutIPv4Mapping('::ffff:127.0.0.1'), '127.0.0.1');
    assert.equal(withoutIPv4Mapping('127.0.0.1'), '127.0.0.1');
    assert.equal(withoutIPv4Mapping('2001:db8::ffff:1'), '2001:db8::ffff:1');
  });
});
