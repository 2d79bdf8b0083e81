import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { entity, tablesWith } from '../../control/testing/entities.ts';
import { guessableSecrets } from './secret-caveats.ts';

function messagesFor(name: string, config: object, more: object = {}): string[] {
  const plugins = [entity('plugins', { name, config, ...more })];
  return guessableSecrets(tablesWith({ plugins })).map(({ message }) =>
    message.replace(/\([-0-9a-f]{36}\)/, '(ID)'),
  );
}

describe('the caveats of secrets', () => {
  const openid = {
    issuer: 'https://login.example',
    client_id: ['app'],
    client_secret: ['s'],
    redirect_uri: ['https://app.example/cb'],
  };

  it('name plugins whose cookies are encrypted with a short one, but not what it is', () => {
    assert.deepEqual(messagesFor('session', { secret: 'abc' }), [
      "a short secret can be found by trying, by anybody with a cookie: plugin 'session' (ID) has one, with which others can make sessions: use `openssl rand -hex 32`",
    ]);
    const [message = ''] = messagesFor('openid-connect', { ...openid, session_secret: 'short' });
    assert.match(message, /^a short session_secret can be found/);
  });

  it('are none of long ones, and of those that are made up', () => {
    assert.deepEqual(messagesFor('session', { secret: '7f0d5ae0a5f0c6a6b2f0d8c1e94b3d27' }), []);
    assert.deepEqual(messagesFor('session', {}), []);
    assert.deepEqual(messagesFor('openid-connect', openid), []);
  });

  it('are none of plugins that are switched off', () => {
    assert.deepEqual(messagesFor('session', { secret: 'abc' }, { enabled: false }), []);
  });
});
