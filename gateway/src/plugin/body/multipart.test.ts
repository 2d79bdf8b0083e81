import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { boundaryOf, multipartValues, withoutPart } from './multipart.ts';

const part = (name: string, value: string) =>
  `--BND\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const END = '--BND--\r\n';

describe('boundaryOf', () => {
  it('finds a boundary with and without quotes', () => {
    assert.equal(boundaryOf('multipart/form-data; boundary=BND'), 'BND');
    assert.equal(boundaryOf('multipart/form-data; charset=utf-8; Boundary="a b"'), 'a b');
  });

  it('finds none where none is given', () => {
    assert.equal(boundaryOf('multipart/form-data'), undefined);
  });
});

describe('multipartValues', () => {
  it('gives the values of a field', () => {
    const body = part('k', '1') + part('x', '2') + part('k', '3') + END;
    assert.deepEqual(multipartValues(body, 'BND', 'k'), ['1', '3']);
  });

  it('reads values as UTF-8 and keeps line ends inside them', () => {
    const body = part('k', 'é\r\n') + END;
    const latin1 = Buffer.from(body, 'utf8').toString('latin1');
    assert.deepEqual(multipartValues(latin1, 'BND', 'k'), ['é\r\n']);
  });

  it('takes text that begins like the delimiter for content', () => {
    const body = part('k', '1\r\n--BNDX\r\n2') + END;
    assert.deepEqual(multipartValues(body, 'BND', 'k'), ['1\r\n--BNDX\r\n2']);
  });

  it('finds the name among other parameters and fields', () => {
    const body =
      '--BND\r\nContent-Type: text/plain\r\n' +
      'content-disposition: form-data; filename="a.txt"; name=k\r\n\r\nv\r\n' +
      END;
    assert.deepEqual(multipartValues(body, 'BND', 'k'), ['v']);
  });

  it('gives nothing from a body that was cut short', () => {
    assert.deepEqual(multipartValues(part('k', '1'), 'BND', 'k'), []);
    assert.deepEqual(multipartValues('--BND', 'BND', 'k'), []);
    assert.deepEqual(multipartValues('', 'BND', 'k'), []);
  });

  it('is through with a hundred thousand parts without heads at once', () => {
    // Minutes, if the head of each were looked for through to the end.
    const body = `${'--BND\r\n'.repeat(100_000)}\r\n\r\n${END}`;
    assert.deepEqual(multipartValues(body, 'BND', 'k'), []);
  });

  it('skips a preamble and an empty value', () => {
    const body = `ignored\r\n${part('k', '')}${END}`;
    assert.deepEqual(multipartValues(body, 'BND', 'k'), ['']);
  });
});

describe('withoutPart', () => {
  it('removes the parts of a field and keeps every other byte', () => {
    const body = part('k', '1') + part('x', '\u0000\u00ff') + part('k', '2') + END;
    assert.equal(withoutPart(body, 'BND', 'k'), part('x', '\u0000\u00ff') + END);
  });

  it('leaves a body without the field untouched', () => {
    const body = part('x', '1') + END;
    assert.equal(withoutPart(body, 'BND', 'k'), body);
  });
});
