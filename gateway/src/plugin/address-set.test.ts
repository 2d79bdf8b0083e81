import assert from 'node:assert/strict';
import { BlockList, isIP, isIPv4 } from 'node:net';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AddressSet, isAddressBlock, readV4, readV6 } from './address-set.ts';
import { costOf } from './testing/growth.ts';

const seed = 20261127;
const v4 = fc.ipV4();
const v6 = fc.oneof(fc.ipV6(), fc.constantFrom('::', '::1', 'fe80::1', 'ffff::', '::ffff:1.2.3.4'));
const address = fc.oneof(v4, v6);
const block = fc.oneof(
  address,
  fc.tuple(v4, fc.nat(32)).map(([ip, bits]) => `${ip}/${bits}`),
  fc.tuple(v6, fc.nat(128)).map(([ip, bits]) => `${ip}/${bits}`),
);

/** The same by the slower means of Node, which finds addresses of IPv4 in blocks of IPv6, too. */
function byBlockList(blocks: readonly string[], ip: string): boolean {
  const family = isIPv4(ip) ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  for (const each of blocks) {
    const [start = '', bits] = each.split('/');
    if (isIPv4(start) !== isIPv4(ip)) continue;
    list.addSubnet(start, Number(bits ?? (family === 'ipv4' ? 32 : 128)), family);
  }
  return list.check(ip, family);
}

function isMapped(text: string): boolean {
  return readV6(text.split('/')[0] ?? '')?.startsWith('00000000000000000000ffff') === true;
}

describe('AddressSet', () => {
  it('holds single addresses and blocks of both families', () => {
    const set = new AddressSet(['10.0.0.0/8', '192.168.1.7', '2001:db8::/33', '::1']);
    for (const inside of ['10.0.0.0', '10.255.255.255', '192.168.1.7', '2001:db8:7fff::1', '::1']) {
      assert.ok(set.has(inside), inside);
    }
    for (const outside of ['9.255.255.255', '11.0.0.0', '192.168.1.8', '2001:db8:8000::', '::2']) {
      assert.ok(!set.has(outside), outside);
    }
  });

  it('takes a block by the addresses it has, wherever in it its own begins', () => {
    assert.ok(new AddressSet(['10.1.2.3/8']).has('10.200.0.1'));
    assert.ok(new AddressSet(['2001:db8::7/32']).has('2001:db8:1::'));
  });

  it('can hold everything, and nothing', () => {
    const all = new AddressSet(['0.0.0.0/0', '::/0']);
    for (const ip of ['0.0.0.0', '255.255.255.255', '::', 'ffff::ffff']) assert.ok(all.has(ip), ip);
    assert.ok(!new AddressSet([]).has('127.0.0.1'));
    assert.ok(!new AddressSet(['0.0.0.0/0']).has('::1'));
  });

  it('knows addresses of IPv4 that are written as ones of IPv6', () => {
    assert.ok(new AddressSet(['10.0.0.0/8']).has('::ffff:10.1.2.3'));
    assert.ok(new AddressSet(['10.0.0.0/8']).has('::FFFF:0a01:0203'));
    assert.ok(new AddressSet(['::ffff:10.0.0.0/104']).has('10.1.2.3'));
    assert.ok(!new AddressSet(['::ffff:10.0.0.0/104']).has('11.1.2.3'));
    assert.ok(new AddressSet(['::ffff:10.0.0.1']).has('10.0.0.1'));
  });

  it('leaves zones out of account', () => {
    assert.ok(new AddressSet(['fe80::/10']).has('fe80::1%eth0'));
  });

  it('holds nothing that is no address', () => {
    const all = new AddressSet(['0.0.0.0/0', '::/0']);
    for (const text of ['', 'unix:', 'a.test', '1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4']) {
      assert.ok(!all.has(text), text);
    }
    assert.ok(!all.has('1::2::3'));
  });

  it('refuses what is no block', () => {
    for (const text of [
      '',
      '10.0.0.0/33',
      '::1/129',
      'a.test',
      '10.0.0/8',
      '::g/12',
      '10.0.0.0/',
      '10.0.0.0/ 8',
      '::1/',
      '10.0.0.0/x',
    ]) {
      assert.throws(() => new AddressSet([text]), /is no address and no block/, text);
      assert.ok(!isAddressBlock(text));
    }
  });

  it('says of any address what Node says, for any blocks', () => {
    const plain = block.filter((text) => !isMapped(text));
    const ownAddress = address.filter((text) => !isMapped(text));
    fc.assert(
      fc.property(fc.array(plain, { maxLength: 12 }), ownAddress, (blocks, ip) => {
        assert.equal(new AddressSet(blocks).has(ip), byBlockList(blocks, ip));
      }),
      { seed, numRuns: 2000 },
    );
  });

  it('says so of the first and the last address of a block, and of those beside it', () => {
    fc.assert(
      fc.property(v4, fc.integer({ min: 1, max: 32 }), (ip, bits) => {
        const size = 2 ** (32 - bits);
        const first = readV4(ip) - (readV4(ip) % size);
        const set = new AddressSet([`${ip}/${bits}`]);
        const text = (value: number): string =>
          [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
        assert.ok(set.has(text(first)) && set.has(text(first + size - 1)));
        if (first > 0) assert.ok(!set.has(text(first - 1)));
        if (first + size < 2 ** 32) assert.ok(!set.has(text(first + size)));
      }),
      { seed, numRuns: 1000 },
    );
  });

  it('never throws over an address, and takes for one what Node takes for one', () => {
    const text = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[\d.:a-f%/]{0,40}$/),
      fc.tuple(address, fc.string({ maxLength: 2 })).map((parts) => parts.join('')),
    );
    const all = new AddressSet(['0.0.0.0/0', '::/0']);
    fc.assert(
      fc.property(text, (ip) => assert.equal(all.has(ip), isIP(ip) !== 0)),
      { seed, numRuns: 3000 },
    );
  });

  it('asks many blocks for little more than few', async () => {
    const costWith = (length: number): Promise<number> => {
      const blocks = Array.from({ length }, (_, i) => `10.${i >> 8}.${i & 255}.0/25`);
      const set = new AddressSet(blocks);
      return costOf(() => {
        for (let i = 0; i < 50_000; i++) assert.equal(set.has('10.99.7.200'), false);
      });
    };
    const [few, many] = [await costWith(50), await costWith(50_000)];
    // One after the other it would be a thousand times as much.
    assert.ok(many < 20 * few, `${few} µs for few, ${many} µs for many`);
  });
});
