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

/** Removes cookies, by their exact names, from what goes to the service. */
export function removeCookies(request: RequestView, names: ReadonlySet<string>): void {
  const lines = request.headerValues('cookie');
  if (lines.length === 0) return;
  const pairs = lines.flatMap((line) => line.split(';').map(withoutPadding));
  const kept = pairs.filter(
    (pair) => pair !== '' && !names.has(withoutPadding(pair.split('=', 1)[0]!)),
  );
  if (kept.length === 0) request.removeHeader('cookie');
  else if (kept.length < pairs.length) request.setHeader('Cookie', kept.join('; '));
}
