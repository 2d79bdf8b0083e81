import { cookiesOf } from '../../plugin/cookies.ts';
import type { RequestView } from '../../plugin/plugin.ts';
import type { JwtConfig } from './schema.ts';

/** Where the search for the token of a request ended without one. */
export type NoToken = 'missing' | 'several' | 'unrecognizable';

/**
 * The field that says all where a token comes in it, which other places and other lines of it could not
 * contradict; null where there is none. Of `Authorization` no request has two.
 */
export function onlyField({
  header_names: fields,
  cookie_names: cookies,
}: JwtConfig): string | null {
  const isOnly = fields?.length === 1 && (cookies ?? []).length === 0;
  return isOnly && fields[0]!.toLowerCase() === 'authorization' ? 'authorization' : null;
}

export type TokenSearch = (request: RequestView) => { readonly token: string } | NoToken;

const BEARER = /^\s*[Bb]earer\s+(\S.*)$/;

/**
 * Makes the search for the token of a request: in arguments, cookies and fields, all of which are
 * looked at, since the service could take any. One that is found in several places is one token.
 */
export function tokenSearch(config: JwtConfig): TokenSearch {
  const { uri_param_names: params, cookie_names: cookies, header_names: fields } = config;
  const inQuery = params ?? [];
  const inCookies = (cookies ?? []).map((name) => name.toLowerCase());
  const inFields = (fields ?? []).map((name) => name.toLowerCase());

  return function search(request) {
    let found: string | true | undefined;
    let several = false;
    const add = (token: string | true): void => {
      if (token === '' || token === found) return;
      if (found === undefined) found = token;
      else several = true;
    };
    for (const name of inFields) {
      for (const value of request.headerValues(name)) {
        const token = BEARER.exec(value)?.[1];
        if (token !== undefined) add(token);
      }
    }
    if (request.query !== '') {
      for (const name of inQuery) for (const value of request.queryValues(name)) add(value);
    }
    if (inCookies.length > 0) {
      for (const { name, value } of cookiesOf(request)) {
        if (inCookies.includes(name.toLowerCase())) add(value);
      }
    }
    if (several) return 'several';
    if (found === undefined) return 'missing';
    return found === true ? 'unrecognizable' : { token: found };
  };
}
