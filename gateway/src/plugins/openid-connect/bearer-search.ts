import { cookiesOf, removeCookies } from '../../plugin/cookies.ts';
import type { RequestView } from '../../plugin/plugin.ts';
import type { OpenidConfig } from './schema/schema.ts';

/** A bearer token of a request. */
export interface FoundToken {
  readonly text: string;
  /** Keeps it from the service. */
  readonly hide: (request: RequestView) => void;
}

/** The bearer token of a request; `several` where there are different ones. */
export type BearerSearch = (request: RequestView) => FoundToken | 'several' | null;

const BEARER = /^bearer +([^\s]+)\s*$/i;
const ARGUMENT = 'access_token';
const NONE: readonly string[] = [];

export function bearerSearch(config: OpenidConfig): BearerSearch {
  const { bearer_token_param_type: places, bearer_token_cookie_name: cookie } = config;
  const names = new Set(cookie === null ? [] : [cookie]);

  const inHeader = (request: RequestView): readonly string[] =>
    request.header('authorization') === undefined
      ? NONE
      : request.headerValues('authorization').flatMap((value) => BEARER.exec(value)?.[1] ?? []);
  const inQuery = (request: RequestView): readonly string[] =>
    request.queryValues(ARGUMENT).filter((value) => value !== true && value !== '') as string[];
  const inCookie = (request: RequestView): readonly string[] =>
    cookiesOf(request).flatMap(({ name, value }) => (names.has(name) ? [value] : []));

  const onlyInHeader = places.length === 1 && places[0] === 'header';
  const isNowhere = (request: RequestView): boolean =>
    onlyInHeader && !request.hasHeader('authorization');

  function hide(request: RequestView): void {
    if (places.includes('header') && inHeader(request).length > 0) {
      request.removeHeader('authorization');
    }
    if (places.includes('cookie')) removeCookies(request, names);
    if (places.includes('query') && inQuery(request).length > 0) {
      request.setQuery(withoutArgument(request.query));
    }
  }

  return function search(request) {
    // Most requests of browsers have a token nowhere.
    if (isNowhere(request)) return null;
    const found = new Set<string>();
    if (places.includes('header')) for (const one of inHeader(request)) found.add(one);
    if (places.includes('query') && request.query !== '') {
      for (const one of inQuery(request)) found.add(one);
    }
    if (places.includes('cookie')) for (const one of inCookie(request)) found.add(one);
    if (found.size > 1) return 'several';
    for (const text of found) return { text, hide };
    return null;
  };
}

function withoutArgument(query: string): string {
  return query
    .split('&')
    .filter((pair) => new URLSearchParams(pair).get(ARGUMENT) === null)
    .join('&');
}
