import { uuidBytes, uuidV5 } from '../../entities/uuid.ts';
import type { HeaderCriterion } from './header-criterion.ts';
import type { PathPattern } from './path-pattern.ts';
import { includesServerName } from './server-name.ts';
import type { Subject } from './subject.ts';

const NAMESPACE = uuidBytes('7f145bf9-0dce-4f91-98eb-debbce4b9f6b');

/**
 * A route with paths of one kind: prefixes of one length, regular expressions, or none. The host and
 * the prefix are how the index finds it; the rest it checks itself.
 */
export class SubRoute<T> {
  readonly target: T;
  /** What decides which one is tried first: the larger `weight`, then `order`, then `id`. */
  readonly weight: number;
  readonly order: number;
  /** Length of its prefixes; 0 without. */
  readonly prefixLength: number;
  readonly patterns: readonly PathPattern[] | null;
  /** Whether the subject knows what of the path led here; otherwise it is the prefix. */
  readonly asksSubject: boolean;
  readonly methods: readonly string[] | null;
  readonly headers: readonly HeaderCriterion[] | null;
  /** Server names, lower-case, perhaps with a wildcard at one end. */
  readonly snis: readonly string[] | null;
  private readonly routeId: string;
  /** Null until somebody asks. */
  private ownId: string | null;

  /** @param identity of the route that it is all of, or a part of */
  constructor(
    target: T,
    { weight, order }: Rank,
    { routeId, isAll }: Identity,
    prefixLength: number,
    patterns: readonly PathPattern[] | null,
    criteria: SharedCriteria,
  ) {
    this.target = target;
    this.weight = weight;
    this.order = order;
    this.routeId = routeId;
    this.ownId = isAll ? routeId : null;
    this.prefixLength = prefixLength;
    this.patterns = patterns;
    this.asksSubject = patterns !== null || criteria.isExpression === true;
    this.methods = criteria.methods;
    this.headers = criteria.headers;
    this.snis = criteria.snis;
  }

  /**
   * That of the route, in lower case, or for a part of it a version 5 UUID: the same for the same
   * paths, as Kong makes it. Hardly any is ever needed, since most sub-routes share place and rank
   * with no other.
   */
  get id(): string {
    this.ownId ??= uuidV5(NAMESPACE, `${this.routeId}#${groupOf(this)}`);
    return this.ownId;
  }

  /** Itself, if it accepts the request and precedes `limit`, if one is given: a list of one. */
  find(subject: Subject, limit: SubRoute<T> | null): SubRoute<T> | null {
    if (limit !== null && !precedes(this, limit)) return null;
    return this.accepts(subject) ? this : null;
  }

  /** Whether everything but host and prefix fits. */
  accepts(subject: Subject): boolean {
    if (this.methods !== null && !this.methods.includes(subject.query.method)) return false;
    if (this.snis !== null && !acceptsServerName(this.snis, subject)) return false;
    if (this.headers !== null) {
      for (const header of this.headers) {
        if (!header.accepts(subject.header(header.name))) return false;
      }
    }
    return this.patterns === null || subject.matchesAny(this.patterns);
  }
}

/** Place in the order of priority, but for ids. */
export interface Rank {
  readonly weight: number;
  readonly order: number;
}

/** Place in the order of priority. No two sub-routes share one. */
export interface Priority extends Rank {
  readonly id: string;
}

/** What the id follows from. */
export interface Identity {
  readonly routeId: string;
  /** Whether all paths of the route are of one kind because there is at most one. */
  readonly isAll: boolean;
}

/** Greater than zero when `a` ranks below `b`: the best comes first. */
export function byRank(a: Rank, b: Rank): number {
  return b.weight - a.weight || b.order - a.order;
}

/** Whether `a` is tried before `b`. */
export function precedes(a: Priority, b: Priority): boolean {
  if (a.weight !== b.weight) return a.weight > b.weight;
  if (a.order !== b.order) return a.order > b.order;
  return a.id > b.id;
}

/** The same for sorting. */
export function byPriority(a: Priority, b: Priority): number {
  return precedes(a, b) ? -1 : a.id === b.id ? 0 : 1;
}

/** Kind of the paths, as Kong names it. */
function groupOf({ patterns, prefixLength }: SubRoute<unknown>): string {
  return patterns === null ? String(prefixLength) : 'true';
}

/** What all sub-routes of a route have in common. */
export interface SharedCriteria {
  readonly methods: readonly string[] | null;
  readonly headers: readonly HeaderCriterion[] | null;
  readonly snis: readonly string[] | null;
  /** These are only what an expression needs at least. */
  readonly isExpression?: true;
}

/** Without TLS there is no server name, and the criterion does not count. */
function acceptsServerName(snis: readonly string[], { query }: Subject): boolean {
  return query.scheme !== 'https' || includesServerName(snis, query.sni);
}
