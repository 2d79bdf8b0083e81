import { parseExpression } from '../../entities/expression/parse-expression.ts';
import type { EndpointRecord, RouteRecord } from '../../snapshot/records.ts';
import { EndpointCriterion } from './endpoint-criterion.ts';
import { compileExpression } from './expressions/compile-expression.ts';
import type { Condition } from './expressions/facts.ts';
import { needsOf } from './expressions/needs.ts';
import { StreamFacts } from './expressions/stream-facts.ts';
import { sortInSlices } from './sort-in-slices.ts';
import { comparableServerName, includesServerName } from './server-name.ts';

export type StreamProtocol = 'tcp' | 'tls' | 'tls_passthrough';

const ROUTES_PER_SLICE = 64;

const STREAM_PROTOCOLS: ReadonlySet<string> = new Set(['tcp', 'tls', 'tls_passthrough']);

/** What a connection offers for matching, before a byte of its content is known. */
export interface StreamQuery {
  /** In which of them it can be served. */
  readonly protocols: readonly StreamProtocol[];
  /** Lower-cased server name of a ClientHello; empty when there is none. */
  readonly sni: string;
  readonly sourceIp: string;
  readonly sourcePort: number;
  /** Where it came to, as the client or a proxy in front sees it. */
  readonly destinationIp: string;
  readonly destinationPort: number;
}

export interface StreamMatch {
  readonly routeId: string;
  readonly protocol: StreamProtocol;
}

/** Whether a route is for connections rather than for requests. */
export function isStreamRoute({ protocols }: Pick<RouteRecord, 'protocols'>): boolean {
  return protocols.some((protocol) => STREAM_PROTOCOLS.has(protocol));
}

/** Finds the routes of connections. */
export class StreamRouter {
  /** The first in rank first. Those that name servers exactly are looked up by name as well. */
  readonly #all: readonly Candidate[];
  readonly #byName = new Map<string, Candidate[]>();
  readonly #others: Candidate[] = [];
  readonly #ids = new Set<string>();

  private constructor(ranked: readonly Candidate[]) {
    this.#all = ranked;
  }

  static readonly none = new StreamRouter([]);

  /**
   * Builds a router, in small steps.
   *
   * @param routes in any order; those of other protocols are passed over
   */
  static *build(routes: Iterable<RouteRecord>): Generator<undefined, StreamRouter, void> {
    const candidates: Candidate[] = [];
    for (const route of routes) {
      if (isStreamRoute(route)) candidates.push(new Candidate(route));
      if (candidates.length % ROUTES_PER_SLICE === 0) yield;
    }
    const router = new StreamRouter(yield* sortInSlices(candidates, byRank));
    for (const [rank, candidate] of router.#all.entries()) {
      router.#index(candidate, rank);
      if (rank % ROUTES_PER_SLICE === 0) yield;
    }
    return router;
  }

  #index(candidate: Candidate, rank: number): void {
    candidate.rank = rank;
    this.#ids.add(candidate.id);
    if (candidate.exactNames === null) this.#others.push(candidate);
    for (const name of candidate.exactNames ?? []) {
      const list = this.#byName.get(name);
      if (list === undefined) this.#byName.set(name, [candidate]);
      else list.push(candidate);
    }
  }

  has(routeId: string): boolean {
    return this.#ids.has(routeId);
  }

  /** The route of highest priority that fits, or null. */
  match(query: StreamQuery): StreamMatch | null {
    // Without TLS server names do not count, so that every route may fit.
    const found = query.protocols.includes('tcp')
      ? firstOf(this.#all, query)
      : higher(firstOf(this.#byName.get(query.sni) ?? [], query), firstOf(this.#others, query));
    if (found === null) return null;
    return { routeId: found.id, protocol: found.protocolFor(query)! };
  }
}

/** A route, and what decides between it and others that fit as well. */
class Candidate {
  readonly id: string;
  readonly weight: number;
  /** Names that it accepts; null when it accepts others as well. */
  readonly exactNames: readonly string[] | null;
  rank = 0;
  readonly #protocols: readonly string[];
  readonly #snis: readonly string[] | null;
  readonly #sources: readonly EndpointCriterion[] | null;
  readonly #destinations: readonly EndpointCriterion[] | null;
  /** In place of the criteria; null when there is no expression. */
  readonly #condition: Condition | null;

  constructor(route: RouteRecord) {
    const { id, protocols, snis = [], sources = [], destinations = [] } = route;
    this.id = id;
    this.weight = weightOf(route);
    this.#protocols = protocols;
    this.#snis = nonEmpty(snis.map(comparableServerName));
    this.#sources = nonEmpty(sources.map((source) => new EndpointCriterion(source)));
    this.#destinations = nonEmpty(destinations.map((end) => new EndpointCriterion(end)));
    if (route.expression === undefined) {
      const isExact = this.#snis?.every((name) => !name.includes('*')) === true;
      this.#condition = null;
      this.exactNames = isExact ? this.#snis : null;
    } else {
      const expression = parseExpression(route.expression);
      this.#condition = compileExpression(expression);
      this.exactNames = needsOf(expression).snis;
    }
  }

  protocolFor({ protocols }: StreamQuery): StreamProtocol | undefined {
    return protocols.find((protocol) => this.#protocols.includes(protocol));
  }

  accepts(query: StreamQuery): boolean {
    const protocol = this.protocolFor(query);
    if (protocol === undefined) return false;
    if (this.#condition !== null) return this.#condition(new StreamFacts(query, protocol));
    const { sni, sourceIp, sourcePort, destinationIp, destinationPort } = query;
    if (this.#snis !== null && protocol !== 'tcp' && !includesServerName(this.#snis, sni)) {
      return false;
    }
    return (
      acceptsOne(this.#sources, sourceIp, sourcePort) &&
      acceptsOne(this.#destinations, destinationIp, destinationPort)
    );
  }
}

function firstOf(candidates: readonly Candidate[], query: StreamQuery): Candidate | null {
  return candidates.find((candidate) => candidate.accepts(query)) ?? null;
}

function higher(a: Candidate | null, b: Candidate | null): Candidate | null {
  if (a === null || b === null) return a ?? b;
  return a.rank < b.rank ? a : b;
}

function acceptsOne(
  criteria: readonly EndpointCriterion[] | null,
  ip: string,
  port: number,
): boolean {
  return criteria === null || criteria.some((criterion) => criterion.accepts(ip, port));
}

function byRank(a: Candidate, b: Candidate): number {
  return b.weight - a.weight || (a.id.toLowerCase() > b.id.toLowerCase() ? -1 : 1);
}

const EXPRESSION = 1024;
const LISTS = 256;
const IP = 8;
const PORT = 4;
const BLOCK = 1;

/**
 * As Kong ranks them: an expression, by its own priority, over everything else; then a server name, or
 * source and destination together; then what the sources say, then the destinations: addresses over
 * ports over blocks. The id decides ties.
 */
function weightOf(route: RouteRecord): number {
  const { expression, priority = 0, snis, sources = [], destinations = [] } = route;
  if (expression !== undefined) return EXPRESSION + priority;
  const isNamed = snis !== undefined && snis.length > 0;
  const isBetween = sources.length > 0 && destinations.length > 0;
  const lead = isNamed || isBetween ? LISTS : 0;
  return lead + endpointWeight(sources) * 16 + endpointWeight(destinations);
}

function endpointWeight(endpoints: readonly EndpointRecord[]): number {
  let weight = 0;
  for (const { ip, port } of endpoints) {
    if (ip !== undefined) weight |= ip.includes('/') ? BLOCK : IP;
    if (port !== undefined) weight |= PORT;
  }
  return weight;
}

function nonEmpty<E>(list: readonly E[]): readonly E[] | null {
  return list.length === 0 ? null : list;
}
