import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BadProxyHeader, INCOMPLETE, LONGEST_HEADER, readProxyHeader } from './proxy-protocol.ts';

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');

/** A header of version 2. */
function binary(command: number, family: number, content: Buffer): Buffer {
  const fixed = Buffer.from([command, family, content.length >> 8, content.length & 0xff]);
  return Buffer.concat([signature, fixed, content]);
}

const four = Buffer.from([192, 0, 2, 1, 198, 51, 100, 2, 0x30, 0x39, 0x01, 0xbb]);

describe('the PROXY protocol', () => {
  it('names both ends in a line', () => {
    const line = 'PROXY TCP4 192.0.2.1 198.51.100.2 12345 443\r\n';
    assert.deepEqual(readProxyHeader(Buffer.from(`${line}GET / HTTP/1.1`)), {
      length: line.length,
      addresses: {
        sourceIp: '192.0.2.1',
        sourcePort: 12_345,
        destinationIp: '198.51.100.2',
        destinationPort: 443,
      },
    });
    const six = readProxyHeader(Buffer.from('PROXY TCP6 2001:DB8:0::1 ::ffff:10.0.0.1 1 2\r\n'));
    assert.equal(six !== INCOMPLETE && six.addresses?.sourceIp, '2001:db8::1');
    assert.equal(six !== INCOMPLETE && six.addresses?.destinationIp, '10.0.0.1');
  });

  it('may know nothing, and still ends where it ends', () => {
    for (const line of ['PROXY UNKNOWN\r\n', 'PROXY UNKNOWN ff::1 ::1 1 2\r\n']) {
      assert.deepEqual(readProxyHeader(Buffer.from(line)), {
        length: line.length,
        addresses: null,
      });
    }
  });

  it('names both ends in bytes, with notes behind them', () => {
    const header = binary(0x21, 0x11, Buffer.concat([four, Buffer.from([4, 0, 1, 0])]));
    assert.deepEqual(readProxyHeader(Buffer.concat([header, Buffer.from('rest')])), {
      length: header.length,
      addresses: {
        sourceIp: '192.0.2.1',
        sourcePort: 12_345,
        destinationIp: '198.51.100.2',
        destinationPort: 443,
      },
    });
    const six = Buffer.alloc(36);
    six[0] = 0x20;
    six[1] = 0x01;
    six[31] = 1;
    const read = readProxyHeader(binary(0x21, 0x21, six));
    assert.equal(read !== INCOMPLETE && read.addresses?.sourceIp, '2001::');
    assert.equal(read !== INCOMPLETE && read.addresses?.destinationIp, '::1');
  });

  it('tells nothing when the proxy speaks for itself, or of something else', () => {
    for (const header of [
      binary(0x20, 0x00, Buffer.alloc(0)),
      binary(0x20, 0x11, four),
      binary(0x21, 0x00, Buffer.alloc(3)),
      binary(0x21, 0x31, Buffer.alloc(216)),
    ]) {
      assert.deepEqual(readProxyHeader(header), { length: header.length, addresses: null });
    }
  });

  it('is waited for until it is complete', () => {
    const whole = [
      Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.2 12345 443\r\n'),
      binary(0x21, 0x11, four),
    ];
    for (const header of whole) {
      for (let length = 0; length < header.length; length++) {
        assert.equal(readProxyHeader(header.subarray(0, length)), INCOMPLETE, `${length}`);
      }
      assert.notEqual(readProxyHeader(header), INCOMPLETE);
    }
  });

  for (const [what, bytes] of [
    ['something else', Buffer.from('GET / HTTP/1.1\r\n')],
    ['small letters', Buffer.from('proxy TCP4 1.1.1.1 1.1.1.1 1 1\r\n')],
    ['two spaces', Buffer.from('PROXY  TCP4 1.1.1.1 1.1.1.1 1 1\r\n')],
    ['an address of another family', Buffer.from('PROXY TCP4 ::1 ::1 1 1\r\n')],
    ['an address that is none', Buffer.from('PROXY TCP4 1.1.1.256 1.1.1.1 1 1\r\n')],
    ['a zone', Buffer.from('PROXY TCP6 fe80::1%eth0 ::1 1 1\r\n')],
    ['a port that is none', Buffer.from('PROXY TCP4 1.1.1.1 1.1.1.1 65536 1\r\n')],
    ['a port with a zero before it', Buffer.from('PROXY TCP4 1.1.1.1 1.1.1.1 01 1\r\n')],
    ['a bare line feed', Buffer.from(`PROXY TCP4 1.1.1.1 1.1.1.1 1 1\n${'x'.repeat(107)}`)],
    ['more behind the ports', Buffer.from('PROXY TCP4 1.1.1.1 1.1.1.1 1 1 1\r\n')],
    ['a line without an end', Buffer.from(`PROXY UNKNOWN ${'x'.repeat(200)}`)],
    ['another version', binary(0x11, 0x11, four)],
    ['an unknown command', binary(0x22, 0x11, four)],
    ['too few bytes for its addresses', binary(0x21, 0x11, four.subarray(1))],
    ['a length beyond the bound', binary(0x21, 0x11, Buffer.alloc(LONGEST_HEADER))],
  ] as const) {
    it(`refuses ${what}`, () => assert.throws(() => readProxyHeader(bytes), BadProxyHeader));
  }

  it('never takes more than there is, whatever comes', () => {
    const start = fc.constantFrom(Buffer.alloc(0), Buffer.from('PROXY TCP4 '), signature);
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 300 }), (begin, rest) => {
        const bytes = Buffer.concat([begin, rest]);
        try {
          const read = readProxyHeader(bytes);
          if (read !== INCOMPLETE) assert.ok(read.length > 0 && read.length <= bytes.length);
        } catch (error) {
          assert.ok(error instanceof BadProxyHeader);
        }
      }),
    );
  });
});
