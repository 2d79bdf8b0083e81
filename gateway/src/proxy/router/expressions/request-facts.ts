import { queryArguments, type QueryArguments } from '../../query-arguments.ts';
import { wireText } from '../path.ts';
import type { PathPattern } from '../path-pattern.ts';
import type { RouteQuery } from '../router.ts';
import type { Facts } from './facts.ts';

/** What expressions ask of one request, found out when they do. */
export class RequestFacts implements Facts {
  /** What of the path led to the route that is being tried. */
  matchedLength = 0;
  pattern: PathPattern | null = null;
  readonly #query: RouteQuery;
  #segments: readonly string[] | null = null;
  #arguments: QueryArguments | null = null;

  constructor(query: RouteQuery) {
    this.#query = query;
  }

  get protocol(): string {
    return this.#query.scheme;
  }

  get sni(): string {
    return this.#query.sni;
  }

  get sourceIp(): string {
    return this.#query.clientIp;
  }

  get sourcePort(): number {
    return this.#query.clientPort;
  }

  get destinationIp(): string {
    return this.#query.connection.localAddress;
  }

  get destinationPort(): number {
    return this.#query.port;
  }

  get method(): string {
    return this.#query.method;
  }

  get host(): string {
    return this.#query.host;
  }

  get path(): string {
    return this.#query.path;
  }

  get segments(): readonly string[] {
    return (this.#segments ??= this.path.split('/').filter((segment) => segment !== ''));
  }

  headerValues(name: string): readonly string[] {
    return this.#query.foldedHeaderValues(name);
  }

  argumentValues(name: string): readonly string[] {
    this.#arguments ??= queryArguments(this.#query.search.slice(1));
    const values = this.#arguments.get(name) ?? [];
    return values.map((value) => (value === true ? '' : wireText(value)));
  }

  keepMatch(length: number, pattern: PathPattern | null): void {
    this.matchedLength = length;
    this.pattern = pattern;
  }
}
