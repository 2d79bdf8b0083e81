import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { membersOf, messageOf } from './answer-content.ts';

describe('What an answer says', () => {
  const saying = (body: Uint8Array | string): string =>
    messageOf(body, membersOf(body), 'Unauthorized');

  it('is its message', () => {
    assert.equal(saying('{"error":"e","message":"no key"}'), 'no key');
    assert.equal(saying(Buffer.from('{"message":"ключ"}')), 'ключ');
  });

  it('is the description of an error where there is no message', () => {
    assert.equal(saying('{"error":"invalid_token","error_description":"too old"}'), 'too old');
    assert.equal(saying('{"message":7,"error_description":"too old"}'), 'too old');
  });

  it('is the texts of its members where there is neither', () => {
    assert.equal(
      saying('{"exp":"token expired","nbf":"token not valid yet","count":2,"list":[]}'),
      'exp: token expired, nbf: token not valid yet',
    );
  });

  it('is all of a body that is no object of JSON', () => {
    for (const body of ['gone', '123', '["a"]', '{"message":']) assert.equal(saying(body), body);
  });

  it('is the phrase of the status where the body says nothing', () => {
    for (const body of ['', '{}', '{"message":""}', ' {"list":[1]}']) {
      assert.equal(saying(body), 'Unauthorized', body);
    }
  });

  it('takes nothing from what all objects have', () => {
    assert.equal(saying('{"__proto__":{"message":"no"}}'), 'Unauthorized');
  });
});
