import type { RequestView } from '../../../plugin/exchange.ts';
import type { PathPattern } from '../../router/path-pattern.ts';
import type { Peer } from './balancer.ts';

/** A request or a stream that is to go upstream, as algorithms see it. */
export interface Asking {
  readonly clientIp: string;
  readonly consumer: { readonly id: string } | null;
  readonly credential: { readonly id: string } | null;
  /** Null for a stream. */
  readonly request: Pick<RequestView, 'path' | 'headerValues' | 'queryValues'> | null;
  /** The regular expression that led to the route, or null. */
  readonly pathPattern: PathPattern | null;
  /** What the algorithm keeps of it until its end; null when it keeps nothing. */
  placement: Placement | null;
}

/** What an algorithm keeps of one request or stream, from the first pick until it is over. */
export interface Placement {
  /** Lines for the client's response, each ending in CRLF; empty for none. */
  readonly responseLines: string;
  /**
   * It is over.
   *
   * @param at when the upstream had done its part, on the balancer's clock, ms
   * @param failed it never did
   */
  ended(at: number, failed: boolean): void;
}

/** A peer and how large a share of the requests is meant for it. */
export interface Share {
  readonly peer: Peer;
  /** At least 1. */
  readonly weight: number;
  /** Tells the place of the peer from all others, on every node alike. */
  readonly place: string;
}

/** Chooses among peers. */
export interface Choice {
  next(asking: Asking): Peer;
}

/** How an upstream shares out its requests. One per balancer: it may keep what it learns. */
export interface Algorithm {
  /**
   * @param usable those that requests may go to, at least one
   * @param shares all that are known, the same array until addresses come or go
   */
  choose(usable: readonly Share[], shares: readonly Share[]): Choice;
}
