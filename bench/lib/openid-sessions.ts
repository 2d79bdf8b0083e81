import { validConfig } from '../../gateway/src/plugin/testing/test-gateway.ts';
import { identityOf } from '../../gateway/src/plugins/openid-connect/identity.ts';
import { openidConnect } from '../../gateway/src/plugins/openid-connect/plugin.ts';
import type { OpenidConfig } from '../../gateway/src/plugins/openid-connect/schema/schema.ts';
import { newSession } from '../../gateway/src/plugins/openid-connect/session.ts';
import { Sessions } from '../../gateway/src/plugins/openid-connect/sessions.ts';
import { createCounterMemory, SharedCounterTable } from '../../gateway/src/shm/counter-table.ts';

/** Of `openid-connect`, for users who have logged in already: the provider is not asked. */
export const openidConfig = {
  issuer: 'https://id.example.com',
  client_id: ['app'],
  client_secret: ['secret'],
  redirect_uri: ['https://app.example.com/callback'],
  session_secret: 'f4b1c2d3e5a60718293a4b5c6d7e8f90',
  // Clients of the bench do not keep the cookie that comes when a use is noted.
  session_idling_timeout: 0,
  session_rolling_timeout: 0,
  upstream_headers_claims: ['email'],
  upstream_headers_names: ['X-Email'],
};

/** Cookies as the gateway makes them after a login, each of a user of its own. */
export function openidCookies(count: number): string[] {
  const config = validConfig(openidConnect, openidConfig) as OpenidConfig;
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const counters = new SharedCounterTable(createCounterMemory(1024));
  const sessions = new Sessions(config, { counters, log: silent, now: Date.now });
  const grant = { access: '', refresh: null, id: null, lifetime: null, scope: null };
  const tokens = { access: null, refresh: null, id: null, scope: 'openid email' };
  return Array.from({ length: count }, (_, n) => {
    const claims = { sub: `7d3f9a1c-5e8b-4046-${n}`, email: `user-${n}@example.com` };
    const session = newSession(identityOf(claims, config), grant, sessions.now);
    const [cookie = ''] = sessions.cookiesFor({ session, tokens: () => tokens }) ?? [];
    return cookie.split(';', 1)[0]!;
  });
}
