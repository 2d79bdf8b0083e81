import type { Principal } from '../access.ts';
import { AdminError } from '../endpoint.ts';
import type { Authenticate } from '../parts.ts';
import { mayUse } from './cors.ts';

type Headers = Readonly<Record<string, string | undefined>>;

const anybody: Principal = { tokenId: null, name: 'anybody' };

/**
 * Who sends a request.
 *
 * @throws AdminError 401, or 403 for a request that a web page may have tricked a browser into
 */
export async function principalOf(
  headers: Headers,
  authenticate: Authenticate | null,
  corsOrigins: readonly string[],
): Promise<Principal> {
  if (authenticate === null) {
    refuseWebPages(headers, corsOrigins);
    return anybody;
  }
  const secret = secretIn(headers);
  if (secret === undefined) {
    throw unauthorized(
      'a token is needed: send it as "Authorization: Bearer TOKEN" or "Kong-Admin-Token: TOKEN"',
    );
  }
  const principal = await authenticate(secret);
  if (principal === undefined) {
    throw unauthorized('this token is not known here, was revoked or has expired');
  }
  return principal;
}

function secretIn(headers: Headers): string | undefined {
  const own = headers['kong-admin-token'];
  if (own !== undefined && own !== '') return own;
  return /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
}

function unauthorized(message: string): AdminError {
  return new AdminError(
    401,
    { message },
    { 'WWW-Authenticate': 'Bearer realm="Sluice Admin API"' },
  );
}

/**
 * Without tokens a browser on the same machine could be misused: by a page that sends requests to
 * the loopback address, or whose own name was made to resolve to it.
 */
function refuseWebPages(headers: Headers, corsOrigins: readonly string[]): void {
  const host = headers.host ?? '';
  if (!isLoopbackHost(host)) {
    const message = `without authentication only loopback names are served, not '${host}'`;
    throw new AdminError(403, { message });
  }
  const { origin } = headers;
  if (origin === undefined || mayUse(origin, corsOrigins) || isLoopbackPage(origin, host)) return;
  throw new AdminError(403, { message: `pages of ${origin} may not use this API` });
}

function isLoopbackHost(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i.test(host);
}

/** A page that this very listener served. */
function isLoopbackPage(origin: string, host: string): boolean {
  return origin.toLowerCase() === `http://${host.toLowerCase()}`;
}
