import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FieldLines } from './field-lines.ts';

describe('lines of fields', () => {
  it('have the fields that are in them, where nobody has said which', () => {
    const lines = FieldLines.of('X-A: 1\r\nVary: Origin\r\nx-a: 2\r\n');
    assert.deepEqual(lines.names.lower, ['x-a', 'vary']);
    assert.deepEqual(lines.valuesOf('x-a'), ['1', '2']);
    assert.equal(lines.has('x-b'), false);
    assert.deepEqual(FieldLines.of('').names.lower, []);
  });

  it('that come again have the same names, unless they are long', () => {
    const twice = (text: string) => [0, 1].map(() => FieldLines.ofRecurring(text).names);
    const [first, second] = twice('X-A: 1\r\n');
    assert.equal(first, second);
    const [long, again] = twice(`X-A: ${'1'.repeat(1000)}\r\n`);
    assert.notEqual(long, again);
    assert.deepEqual(long!.lower, ['x-a']);
  });
});
