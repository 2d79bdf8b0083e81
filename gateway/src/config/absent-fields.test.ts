import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problemsOf } from './testing/parsed.ts';

function problemsIn(name: string, config: object): string[] {
  const plugin = JSON.stringify({ name, config });
  return problemsOf(`_format_version: "3.0"\nplugins: [${plugin}]\n`).map((problem) =>
    problem.replace(/^\d+:\d+: /, ''),
  );
}

const openid = {
  issuer: 'https://id.test',
  client_id: ['app'],
  auth_methods: ['bearer'],
};

describe('A value that a plugin does not take', () => {
  it('is refused with what to do instead, where there is something', () => {
    assert.deepEqual(problemsIn('session', { storage: 'redis' }), [
      "plugin 'session': config.storage: expected one of: cookie, kong (sessions are kept in cookies, which any node can read: leave it out, or set 'cookie')",
    ]);
  });
});

describe('A field of Kong that a plugin of the same name does not have', () => {
  it('is refused with what to do instead', () => {
    assert.deepEqual(problemsIn('openid-connect', { ...openid, session_storage: 'redis' }), [
      "plugin 'openid-connect': config.session_storage: the plugin does not have this field of Kong's: sessions are kept in cookies, and nowhere else",
    ]);
    assert.match(
      problemsIn('openid-connect', { ...openid, introspection_endpoint: 'https://a' }).join(),
      /introspected by the plugin oauth2-introspection/,
    );
    assert.match(
      problemsIn('openid-connect', { ...openid, auth_methods: ['introspection'] }).join(),
      /auth_methods.*: expected one of: .*the plugin oauth2-introspection has 'introspection'/,
    );
    const revoked = { revocation_check_mode: 'STRICT', http_timeout: 5 };
    assert.match(
      problemsIn('mtls-auth', revoked).join(),
      /revocation_check_mode: expected one of: SKIP, since revocation is not checked.*http_timeout: the plugin does not have/s,
    );
  });

  it('is passed over with the default of Kong, as decK writes it', () => {
    const defaults = {
      session_storage: 'cookie',
      cluster_cache_strategy: 'off',
      redis: null,
      verify_nonce: true,
    };
    assert.deepEqual(problemsIn('openid-connect', { ...openid, ...defaults }), []);
  });

  it('is unknown as any other where nothing better can be said', () => {
    assert.match(problemsIn('openid-connect', { ...openid, nonsense: 1 }).join(), /unknown field/);
  });
});
