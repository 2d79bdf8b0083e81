import { cookiesOf } from '../../plugin/cookies.ts';
import type { RequestView } from '../../plugin/plugin.ts';
import type { JwtConfig } from './schema.ts';

/** Where the search for the token of a request ended without one. */
export type NoToken = 'missing' | 'several' | 'unrecognizable';

/** The only field in which a token may come; null where there are more places. */
export function onlyField(config: JwtConfig): string | null {
  const [field, ...more] = config.header_names ?? [];
  const isOnly = more.length === 0 && (config.cookie_names ?? []).length === 0;
  return isOnly && field !== undefined ? field.toLowerCase() : null;
}

export type TokenSearch = (request: RequestView) => { readonly token: string } | NoToken;

const BEARER = /^\s*[Bb]earer\s+(\S.*)$/;

/**
 * Makes the search for the token of a request: in arguments, cookies and fields, all of which are
 * looked at. One that is found in several places is one token.
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
      const value = request.header(name);
      const token = value === undefined ? undefined : BEARER.exec(value)?.[1];
      if (token !== undefined) add(token);
    }
    if (request.query !== '') {
      for (const name of inQuery) for (const value of request.queryValues(name)) add(value);
    }
    if (inCookies.length > 0) {
      const sent = cookiesOf(request);
      for (const name of inCookies) {
        const cookie = sent.find((it) => it.name.toLowerCase() === name);
        if (cookie !== undefined) add(cookie.value);
      }
    }
    if (several) return 'several';
    if (found === undefined) return 'missing';
    return found === true ? 'unrecognizable' : { token: found };
  };
}
