import type { RouteRecord } from '../../snapshot/records.ts';
import type { PathPattern } from './path-pattern.ts';

/** What a request offers for matching. The proxy's exchange implements it. */
export interface RouteQuery {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** Lower-cased host without port; an IPv6 address in brackets; empty when there is none. */
  readonly host: string;
  /** Port that the request was sent to, as the client named it, else that of the listener. */
  readonly port: number;
  /** Normalised path (`normalisePath`), without query: bytes, one character each. */
  readonly path: string;
  /** Lower-cased server name of the TLS handshake; empty without TLS. */
  readonly sni: string;
  /**
   * Values of every field, one entry a line, whose name equals `name` without regard to case and
   * with `_` read as `-`. `name` is lower-case and has no `_`.
   */
  foldedHeaderValues(name: string): readonly string[];

  // What expressions ask for besides.

  /** Query as received, `?` included, or empty. */
  readonly search: string;
  readonly clientIp: string;
  readonly clientPort: number;
  readonly connection: { readonly localAddress: string };
}

/** Where a match was found. One per thread, overwritten by every `match`. */
export interface MatchResult<T> {
  target: T | null;
  /** Characters of the path that the route's path matched; 0 without path. */
  matchedLength: number;
  /** The regular expression that matched, or null. Its `captures(path)` gives the groups. */
  pattern: PathPattern | null;
}

export interface Router<T> {
  /** Finds the route of highest priority that fits; `result.target` is null when none does. */
  match(query: RouteQuery, result: MatchResult<T>): void;
}

export interface RouterInput<T> {
  readonly route: RouteRecord;
  readonly target: T;
}
