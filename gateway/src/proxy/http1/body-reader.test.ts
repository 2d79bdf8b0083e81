import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BodyReader } from './body-reader.ts';

/** Runs of data in `text`, read at once as the first piece of a chunked body. */
function runs(text: string): { found: string[]; rest: string | null; done: boolean } {
  const reader = new BodyReader();
  reader.beginChunked();
  const buffer = Buffer.from(`before${text}`, 'latin1');
  const found: string[] = [];
  let position = 'before'.length;
  while (position < buffer.length && !reader.done) {
    const next = reader.next(buffer, position, buffer.length);
    if (next === -1) return { found, rest: null, done: false };
    found.push(buffer.toString('latin1', reader.dataStart, reader.dataEnd));
    position = next;
  }
  return { found, rest: buffer.toString('latin1', position), done: reader.done };
}

describe('BodyReader', () => {
  it('gives chunks that came together as one run', () => {
    const text = '1\r\na\r\n2;x=y\r\nbc\r\n0\r\n\r\n';
    assert.deepEqual(runs(`${text}GET /`), { found: ['abc'], rest: 'GET /', done: true });
  });

  it('gives what there is of a chunk behind others', () => {
    assert.deepEqual(runs('1\r\na\r\n5\r\nbc'), { found: ['abc'], rest: '', done: false });
  });

  it('gives the data in front of broken framing first', () => {
    assert.deepEqual(runs('1\r\na\r\n1\r\nb\r\nZ\r\n'), { found: ['ab'], rest: null, done: false });
  });

  it('finds nothing in framing alone', () => {
    assert.deepEqual(runs('0\r\n\r\n'), { found: [''], rest: '', done: true });
  });
});
