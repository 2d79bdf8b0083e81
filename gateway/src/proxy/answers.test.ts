import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { negotiate } from '../plugin/answer-type.ts';
import { errorBody } from './answers.ts';

describe('the form of an error', () => {
  for (const [accept, type] of [
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['text/*', 'text/plain'],
    ['text/html', 'text/html'],
    ['TEXT/HTML', 'application/json'],
    ['text/html;q=0.2, application/json;q=0.9', 'application/json'],
    ['application/json;q=0, text/plain;q=0.1', 'text/plain'],
    ['image/png', 'application/json'],
    ['garbage', 'application/json'],
  ] as const) {
    it(`is ${type} for Accept: ${accept}`, () => assert.equal(negotiate(accept, false), type));
  }

  it('is JSON without Accept, or plain text for what the HTTP layer finds', () => {
    assert.equal(negotiate(undefined, false), 'application/json');
    assert.equal(negotiate(undefined, true), 'text/plain');
  });

  it('never lets a message out of its markup or its string', () => {
    const nasty = '<script>"\n';
    assert.ok(!errorBody('text/html', nasty, 'id', false).body.includes('<script>'));
    assert.equal(
      (JSON.parse(errorBody('application/json', nasty, 'id', false).body) as { message: string })
        .message,
      nasty,
    );
  });
});
