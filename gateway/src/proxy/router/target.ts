/** A request target in its parts. Made once, filled by `splitTarget`. */
export interface TargetParts {
  /** Path as received, without query; starts with `/`. */
  path: string;
  /** Query as received with its `?`; empty when there is none. A lone `?` is kept. */
  query: string;
  /** Host and port of an absolute-form target as received; null for the origin form. */
  authority: string | null;
}

const SLASH = 47;
const HASH = 35;
const SCHEME = /^https?:\/\//i;

/**
 * Splits a request target of origin form (`/path?query`) or absolute form
 * (`http://host:port/path?query`). RFC 9112 section 3.2.
 *
 * @param target as received, without spaces and control characters
 * @returns false when it has another form (`*`, `host:port`) or names no host; `parts` is void then
 */
export function splitTarget(target: string, parts: TargetParts): boolean {
  if (target.charCodeAt(0) === SLASH) {
    parts.authority = null;
    splitQuery(target, 0, parts);
    return true;
  }
  const scheme = SCHEME.exec(target);
  if (scheme === null) return false;
  const start = scheme[0].length;
  const length = target.slice(start).search(/[/?#]/);
  const end = length === -1 ? target.length : start + length;
  const authority = target.slice(start, end);
  // RFC 9110 section 4.2.4: user information in an http URI is an error.
  if (authority === '' || authority.startsWith(':') || authority.includes('@')) return false;
  // Others read `http://a#@b/` as a host b, or none; a target has no fragment anyway.
  if (target.charCodeAt(end) === HASH) return false;
  parts.authority = authority;
  splitQuery(target, end, parts);
  if (parts.path.charCodeAt(0) !== SLASH) parts.path = `/${parts.path}`;
  return true;
}

function splitQuery(target: string, start: number, parts: TargetParts): void {
  const mark = target.indexOf('?', start);
  if (mark === -1) {
    parts.path = start === 0 ? target : target.slice(start);
    parts.query = '';
  } else {
    parts.path = target.slice(start, mark);
    parts.query = target.slice(mark);
  }
}
