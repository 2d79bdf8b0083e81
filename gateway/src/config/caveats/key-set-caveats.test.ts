import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { entity, tablesWith } from '../../control/testing/entities.ts';
import { keysWithoutTls } from './key-set-caveats.ts';

function messagesFor(name: string, config: object, more: object = {}): string[] {
  const plugins = [entity('plugins', { name, config, ...more })];
  return keysWithoutTls(tablesWith({ plugins })).map(({ message }) =>
    message.replace(/\([-0-9a-f]{36}\)/, '(ID)'),
  );
}

describe('the caveats of key sets', () => {
  const jwt = (uri: string): object => ({ issuer: 'https://login.example', jwks_uri: uri });
  const openid = (issuer: string, extra: readonly string[]): object => ({
    ...{ issuer, extra_jwks_uris: extra, client_id: ['app'], auth_methods: ['bearer'] },
  });

  it('name plugins that read keys without TLS', () => {
    assert.deepEqual(messagesFor('jwt', jwt('http://keys.example/')), [
      "keys that are read without TLS can be exchanged on the way, and then anybody passes: plugin 'jwt' (ID) reads the keys of tokens from http: use https",
    ]);
    const away = openid('https://login.example', ['https://a.example', 'http://b.example']);
    assert.equal(messagesFor('openid-connect', away).length, 1);
    assert.equal(messagesFor('openid-connect', openid('http://login.example', [])).length, 1);
  });

  it('are none where nobody is on the way', () => {
    for (const host of ['localhost', '127.0.0.1:8080', '[::1]']) {
      assert.deepEqual(messagesFor('jwt', jwt(`http://${host}/`)), []);
    }
    assert.deepEqual(messagesFor('jwt', jwt('https://keys.example/')), []);
    assert.deepEqual(messagesFor('jwt', {}), []);
    assert.deepEqual(messagesFor('openid-connect', openid('https://login.example', [])), []);
  });

  it('are none of plugins that are switched off', () => {
    assert.deepEqual(messagesFor('jwt', jwt('http://keys.example/'), { enabled: false }), []);
  });
});
