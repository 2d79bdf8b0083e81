import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fieldText, fieldValue, headerLine } from './header-line.ts';

describe('headerLine', () => {
  it('is a whole line', () => {
    assert.equal(headerLine('X-A', 'b'), 'X-A: b\r\n');
  });
});

describe('fieldValue', () => {
  it('keeps plain text as it is, tabs too', () => {
    assert.equal(fieldValue('a b\tc~'), 'a b\tc~');
  });

  it('percent-encodes what could end the line', () => {
    assert.equal(fieldValue('a\r\nb\0c\u007f'), 'a%0D%0Ab%00c%7F');
  });

  it('writes text beyond ASCII as UTF-8 bytes', () => {
    assert.equal(fieldValue('é😀'), '\u00c3\u00a9\u00f0\u009f\u0098\u0080');
    assert.equal(fieldValue('\u0080'), '\u00c2\u0080');
  });
});

describe('fieldText', () => {
  it('gives back what was made a field value of', () => {
    for (const text of ['plain', 'é😀', '\u0080']) assert.equal(fieldText(fieldValue(text)), text);
  });
});
