import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ChunkedDecoder } from './chunked-decoder.ts';

interface Decoded {
  data: string;
  done: boolean;
  /** Bytes taken, all pieces together; -1 when the body was refused. */
  taken: number;
  trailers: string[];
}

/** Decodes pieces as they would arrive one after another. */
function decode(pieces: readonly Buffer[]): Decoded {
  const decoder = new ChunkedDecoder();
  let data = '';
  let taken = 0;
  for (const piece of pieces) {
    let position = 0;
    while (position < piece.length && !decoder.done) {
      const next = decoder.next(piece, position, piece.length);
      if (next === -1) return { data, done: false, taken: -1, trailers: [] };
      data += piece.toString('latin1', decoder.dataStart, decoder.dataEnd);
      taken += next - position;
      position = next;
    }
  }
  const head = decoder.trailers;
  const trailers = Array.from(
    { length: head?.count ?? 0 },
    (_, i) => `${head!.name(i)}=${head!.value(i)}`,
  );
  return { data, done: decoder.done, taken, trailers };
}

const decodeText = (text: string): Decoded => decode([Buffer.from(text, 'latin1')]);

describe('a chunked body', () => {
  it('gives its data and says where it ends', () => {
    const text = '5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n';
    assert.deepEqual(decodeText(`${text}GET /`), {
      data: 'hello world',
      done: true,
      taken: text.length,
      trailers: [],
    });
  });

  it('passes over chunk extensions and leading zeros', () => {
    assert.equal(decodeText('0005;a=b;c="d e"\r\nhello\r\n000\r\n\r\n').data, 'hello');
    assert.equal(decodeText('5;a;b="\\"";c\r\nhello\r\n0;z\r\n\r\n').data, 'hello');
  });

  it('gives its trailers', () => {
    assert.deepEqual(decodeText('1\r\nx\r\n0\r\nX-Sum: 1\r\nX-Two: 2\r\n\r\n').trailers, [
      'X-Sum=1',
      'X-Two=2',
    ]);
  });

  for (const [what, text] of [
    ['a size that is no number', 'zz\r\n'],
    ['a missing size', '\r\nhello'],
    ['a signed size', '+5\r\nhello\r\n'],
    ['a space behind the size', '5 \r\nhello\r\n'],
    ['a space before the size', ' 5\r\nhello\r\n'],
    ['a hexadecimal prefix', '0x5\r\nhello\r\n'],
    ['a size beyond what is exact', '11111111111111\r\n'],
    ['a line that ends in LF alone', '5\nhello\r\n'],
    ['a bare CR in an extension', '5;a\rb\r\nhello\r\n'],
    ['an extension without a name', '5;\r\nhello\r\n'],
    ['white space in an extension', '5; a=b\r\nhello\r\n'],
    ['an extension that is no token', '5;a@b\r\nhello\r\n'],
    ['an extension with an empty value', '5;a=\r\nhello\r\n'],
    ['a quoted extension without an end', '5;a="b\r\nhello\r\n'],
    ['a quoted extension that ends in an escaped quote', '5;a="b\\"\r\nhello\r\n'],
    ['something behind a quoted extension', '5;a="b"c\r\nhello\r\n'],
    ['data longer than its size', '5\r\nhello!\r\n'],
    ['data without CRLF', '5\r\nhello0\r\n\r\n'],
    ['LF alone behind the data', '5\r\nhello\n0\r\n\r\n'],
    ['a malformed trailer', '0\r\nbad trailer\r\n\r\n'],
    ['a last line that is not empty', '0\r\nX\r\n'],
  ] as const) {
    it(`is refused for ${what}`, () => assert.equal(decodeText(text).taken, -1));
  }

  it('is refused when extensions or trailers have no end', () => {
    assert.equal(decodeText(`5;${'a'.repeat(2000)}`).taken, -1);
    assert.equal(decodeText(`0\r\nX: ${'a'.repeat(9000)}`).taken, -1);
    assert.equal(decodeText(`0\r\n${'X: 1\r\n'.repeat(65)}\r\n`).taken, -1);
  });

  it('comes out the same however it is cut', () => {
    const chunk = fc.string({ minLength: 1, maxLength: 40, unit: 'binary-ascii' });
    const body = fc.record({
      chunks: fc.array(chunk, { maxLength: 8 }),
      trailers: fc.array(fc.constantFrom('A: 1', 'B-C:2', 'D: '), { maxLength: 3 }),
      cuts: fc.array(fc.nat(400), { maxLength: 12 }),
    });
    fc.assert(
      fc.property(body, ({ chunks, trailers, cuts }) => {
        const framed = chunks.map((data) => `${data.length.toString(16)}\r\n${data}\r\n`).join('');
        const text = `${framed}0\r\n${trailers.map((line) => `${line}\r\n`).join('')}\r\n`;
        const bytes = Buffer.from(text, 'latin1');
        const points = [
          0,
          ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b),
          bytes.length,
        ];
        const pieces = points.slice(1).map((end, i) => bytes.subarray(points[i], end));
        const decoded = decode(pieces);
        assert.equal(decoded.data, chunks.join(''));
        assert.equal(decoded.done, true);
        assert.equal(decoded.taken, bytes.length);
        assert.equal(decoded.trailers.length, trailers.length);
      }),
    );
  });
});
