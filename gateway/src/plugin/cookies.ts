import { withoutPadding } from './padding.ts';
import type { RequestView } from './plugin.ts';

/** A cookie of a request, as it was sent. */
export interface RequestCookie {
  readonly name: string;
  readonly value: string;
}

/** The cookies of a request, in the order in which they were sent. */
export function cookiesOf(request: Pick<RequestView, 'headerValues'>): RequestCookie[] {
  const cookies: RequestCookie[] = [];
  for (const line of request.headerValues('cookie')) {
    for (const pair of line.split(';')) {
      const equals = pair.indexOf('=');
      if (equals === -1) continue;
      cookies.push({
        name: withoutPadding(pair.slice(0, equals)),
        value: withoutPadding(pair.slice(equals + 1)),
      });
    }
  }
  return cookies;
}

/**
 * What is left of `Cookie` fields without cookies of these exact names, as one field; empty where
 * nothing is left, null where nothing changes.
 */
export function withoutCookies(
  lines: readonly string[],
  names: ReadonlySet<string>,
): string | null {
  const pairs = lines.flatMap((line) => line.split(';').map(withoutPadding));
  const kept = pairs.filter(
    (pair) => pair !== '' && !names.has(withoutPadding(pair.split('=', 1)[0]!)),
  );
  return kept.length > 0 && kept.length === pairs.length ? null : kept.join('; ');
}

/** Removes cookies, by their exact names, from what goes to the service. */
export function removeCookies(request: RequestView, names: ReadonlySet<string>): void {
  const lines = request.headerValues('cookie');
  if (lines.length > 0) leaveCookies(request, withoutCookies(lines, names));
}

/** @param left see `withoutCookies` */
export function leaveCookies(request: RequestView, left: string | null): void {
  if (left === '') request.removeHeader('cookie');
  else if (left !== null) request.setHeader('Cookie', left);
}
