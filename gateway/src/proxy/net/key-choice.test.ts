import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { choosePair } from './key-choice.ts';

const rsa = { keyType: 'rsa' };
const ec = { keyType: 'ec' };
const ed = { keyType: 'ed25519' };

describe('the certificate of a server with several', () => {
  it('is one whose signatures the client can check', () => {
    assert.equal(choosePair([ec, rsa], ['RSA-PSS+SHA256', 'RSA+SHA256']), rsa);
    assert.equal(choosePair([rsa, ec], ['ECDSA+SHA256']), ec);
    assert.equal(choosePair([rsa, ed], ['Ed25519']), ed);
  });

  it('does not need RSA when the client can do without', () => {
    assert.equal(choosePair([rsa, ec], ['RSA-PSS+SHA256', 'ECDSA+SHA256']), ec);
  });

  it('is the first when the client can check none: what that means is said in an alert', () => {
    assert.equal(choosePair([rsa, ec], []), rsa);
  });
});
