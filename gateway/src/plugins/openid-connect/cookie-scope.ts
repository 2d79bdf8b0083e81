import type { CookieAttributes } from '../../plugin/set-cookie.ts';
import type { OpenidConfig } from './schema/schema.ts';

/** How a cookie is named and where browsers send it. */
export interface CookieScope {
  readonly name: string;
  readonly attributes: CookieAttributes;
}

const HOST_ONLY = '__Host-';

export function sessionCookieScope(config: OpenidConfig): CookieScope {
  const { session_cookie_same_site: sameSite, session_cookie_path: path } = config;
  const attributes = {
    path,
    domain: config.session_cookie_domain,
    sameSite: sameSite === 'Default' ? null : sameSite,
    secure: config.session_cookie_secure,
    httpOnly: config.session_cookie_http_only,
  };
  return { name: nameOf(config.session_cookie_name, attributes), attributes };
}

/** The cookies of logins under way; the name is what theirs begin with. */
export function loginCookieScope(config: OpenidConfig): CookieScope {
  const attributes = {
    path: '/',
    domain: config.session_cookie_domain,
    // They come back with a request that the provider causes.
    sameSite: 'Lax' as const,
    secure: config.session_cookie_secure,
    httpOnly: true,
  };
  return { name: `${nameOf(config.authorization_cookie_name, attributes)}_`, attributes };
}

/** With a prefix, where it can have one, browsers take it from this very host alone. */
function nameOf(name: string, { path, domain, secure }: CookieAttributes): string {
  const canBe = secure && path === '/' && domain === null && !name.startsWith('__');
  return canBe ? HOST_ONLY + name : name;
}
