export interface CookieAttributes {
  readonly path: string;
  readonly domain: string | null;
  /** Null for whatever the browser does by itself. */
  readonly sameSite: 'Strict' | 'Lax' | 'None' | null;
  readonly secure: boolean;
  readonly httpOnly: boolean;
}

/**
 * The value of a `Set-Cookie` field.
 *
 * @param maxAge seconds for which the browser keeps it; null for as long as it runs, 0 to have it deleted
 */
export function setCookie(
  name: string,
  value: string,
  { path, domain, sameSite, secure, httpOnly }: CookieAttributes,
  maxAge: number | null,
): string {
  let cookie = `${name}=${value}; Path=${path}`;
  if (domain !== null) cookie += `; Domain=${domain}`;
  if (sameSite !== null) cookie += `; SameSite=${sameSite}`;
  if (secure) cookie += '; Secure';
  if (httpOnly) cookie += '; HttpOnly';
  if (maxAge === null) return cookie;
  // Some programs know only the one, and some only the other.
  const until = maxAge === 0 ? 0 : Date.now() + maxAge * 1000;
  return `${cookie}; Expires=${new Date(until).toUTCString()}; Max-Age=${maxAge}`;
}
