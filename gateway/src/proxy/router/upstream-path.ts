import { escapePath } from './path.ts';

const SLASH = 47;

/**
 * The path that the upstream is asked for, before `escapePath`.
 *
 * @param stripPath whether the route removes the part that its path matched
 * @param servicePath path of the service in wire form (`wireText`), or null
 * @param path normalised path of the request
 * @param matchedLength characters of `path` that the route's path matched; 0 without path
 */
export function upstreamPath(
  stripPath: boolean,
  servicePath: string | null,
  path: string,
  matchedLength: number,
): string {
  const base = servicePath ?? '/';
  const endsInSlash = base.charCodeAt(base.length - 1) === SLASH;
  if (!stripPath) {
    if (endsInSlash) return base.length === 1 ? path : base + path.slice(1);
    return path === '/' ? base : base + path;
  }
  const rest = remainder(path, matchedLength);
  if (rest === '') return bare(base, endsInSlash, path);
  if (rest.charCodeAt(0) === SLASH) return endsInSlash ? base.slice(0, -1) + rest : base + rest;
  return endsInSlash ? base + rest : `${base}/${rest}`;
}

/**
 * Value of `X-Forwarded-Prefix`: what was removed from the path, or null when nothing was. Escaped,
 * so that what a regular expression matched can never end a header line.
 */
export function forwardedPrefix(
  stripPath: boolean,
  path: string,
  matchedLength: number,
): string | null {
  if (!stripPath || matchedLength === 0 || (matchedLength === 1 && path.charCodeAt(0) === SLASH)) {
    return null;
  }
  return escapePath(path.slice(0, matchedLength));
}

/** What is left after the matched part. A cut inside a segment must not make a dot segment of it. */
function remainder(path: string, matchedLength: number): string {
  const rest = path.slice(matchedLength === 0 ? 1 : matchedLength);
  if (rest.charCodeAt(0) !== 46) return rest;
  if (rest === '.' || rest === '..') return '';
  if (rest.startsWith('./')) return rest.slice(2);
  if (rest.startsWith('../')) return rest.slice(3);
  return rest;
}

/** The service's path alone, ending in a slash if the request did. */
function bare(base: string, endsInSlash: boolean, path: string): string {
  if (base.length === 1) return base;
  const directory = path.charCodeAt(path.length - 1) === SLASH;
  if (endsInSlash) return directory ? base : base.slice(0, -1);
  return directory && path.length > 1 ? `${base}/` : base;
}
