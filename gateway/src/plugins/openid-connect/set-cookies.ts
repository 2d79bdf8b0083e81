import type { Exchange } from '../../plugin/plugin.ts';

const COOKIES = Symbol('cookies of openid-connect');
const NONE: readonly string[] = [];

/** Has an exchange that this plugin answers set cookies. */
export function setCookies(ex: Exchange, cookies: readonly string[]): void {
  const before = (ex.state(COOKIES) as readonly string[] | undefined) ?? [];
  ex.setState(COOKIES, [...before, ...cookies]);
}

/** The cookies that an exchange is to set. */
export function cookiesToSet(ex: Exchange): readonly string[] {
  return (ex.state(COOKIES) as readonly string[] | undefined) ?? NONE;
}

/** Sends a browser elsewhere. Nobody keeps that: the next one may be sent somewhere else. */
export function sendTo(ex: Exchange, address: string): void {
  // After a POST browsers ask with GET.
  const status = ex.request.method === 'GET' ? 302 : 303;
  ex.respond(status, null, { Location: address, 'Cache-Control': 'no-store' });
}
