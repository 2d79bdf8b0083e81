import type { RouteRecord } from '../../snapshot/records.ts';
import { createMatchResult } from './build-router.ts';
import type { MatchResult, RouteQuery, Router } from './router.ts';

/** A route for tests: what is not given is as Kong has it by default. */
export function routeRecord(fields: Partial<RouteRecord> & { id: string }): RouteRecord {
  return {
    protocols: ['http', 'https'],
    https_redirect_status_code: 426,
    regex_priority: 0,
    strip_path: true,
    path_handling: 'v0',
    preserve_host: false,
    request_buffering: true,
    response_buffering: true,
    ...fields,
  };
}

/** A request for tests, with header fields as they would stand in its head. */
export function routeQuery(
  fields: Partial<RouteQuery>,
  headers: readonly (readonly [name: string, value: string])[] = [],
): RouteQuery {
  return {
    method: 'GET',
    scheme: 'http',
    host: '',
    port: 8000,
    path: '/',
    sni: '',
    foldedHeaderValues: (wanted) =>
      headers
        .filter(([name]) => name.toLowerCase().replaceAll('_', '-') === wanted)
        .map(([, value]) => value),
    search: '',
    clientIp: '192.0.2.1',
    clientPort: 50_000,
    connection: { localAddress: '192.0.2.2' },
    ...fields,
  };
}

export function matchOf<T>(router: Router<T>, query: RouteQuery): MatchResult<T> {
  const result = createMatchResult<T>();
  router.match(query, result);
  return result;
}
