import { RecentMap } from '../../plugin/recent-map.ts';
import { SealedCookie } from '../../plugin/session/sealed-cookie.ts';
import type { SessionConfig } from './schema.ts';
import { readSession, type Session } from './session.ts';

/** Cookies that were opened, of all instances of this thread: they come with each request. */
const opened = new RecentMap<Session>(20_000);

/** One kind of cookie of a configuration. */
export function sessionCookie(name: string, config: SessionConfig): SealedCookie<Session> {
  const { secret, audience, cookie_same_site: sameSite } = config;
  const remembered = config.remember === true ? config.remember_absolute_timeout : null;
  return new SealedCookie({
    name,
    secret: secret ?? '',
    // The cookie that opens sessions is none of a session, and the other way round. What notes that
    // a session has ended lasts as long as the session could, so the times must be the same as well.
    purpose: JSON.stringify(['session', name, audience, config.absolute_timeout, remembered]),
    attributes: {
      path: config.cookie_path ?? '/',
      domain: config.cookie_domain,
      sameSite: sameSite === 'Default' ? null : sameSite,
      secure: config.cookie_secure ?? true,
      httpOnly: config.cookie_http_only ?? true,
    },
    most: 1,
    read: readSession,
    opened,
  });
}
