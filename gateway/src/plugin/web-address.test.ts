import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isWebAddress, webAddress } from './web-address.ts';

describe('the address of a server that speaks HTTP', () => {
  it('is a URL with http or https', () => {
    assert.equal(webAddress('https://login.example.com/keys?a=1')?.host, 'login.example.com');
    assert.equal(isWebAddress('http://127.0.0.1:9100/check'), undefined);
  });

  it('has neither a user, who would not be told to the server, nor a fragment', () => {
    for (const text of ['http://ada:pw@login.example.com/', 'https://login.example.com/#keys']) {
      assert.match(isWebAddress(text) ?? '', /without user and without fragment/);
    }
  });

  it('is nothing else', () => {
    for (const text of [
      'ftp://login.example.com/',
      'login.example.com',
      '//login',
      'http://',
      '',
    ]) {
      assert.equal(webAddress(text), null, text);
    }
    assert.equal(webAddress(7), null);
  });
});
