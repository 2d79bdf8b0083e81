import type { Endpoint } from '../endpoint.ts';

/** `/services/{services}` → `/services/:services`. */
export function routePattern(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

/** Endpoints so that the first that fits a path is the right one: fixed words before parameters. */
export function mostSpecificFirst(endpoints: readonly Endpoint[]): Endpoint[] {
  const rank = ({ path }: Endpoint): string => path.replace(/\{\w+\}/g, '\u{FFFF}');
  return endpoints.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** All methods of an endpoint, as `Allow` lists them. */
export function allowedMethods({ methods }: Endpoint): string {
  const names = [...Object.keys(methods), 'OPTIONS'];
  if (methods.GET !== undefined) names.push('HEAD');
  return names.sort().join(', ');
}
