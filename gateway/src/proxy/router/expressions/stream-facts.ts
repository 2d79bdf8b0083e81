import type { StreamProtocol, StreamQuery } from '../stream-router.ts';
import type { Facts } from './facts.ts';

const NONE: readonly string[] = [];

/** What expressions ask of a connection. It has nothing of a request, and none of them asks for that. */
export class StreamFacts implements Facts {
  readonly protocol: StreamProtocol;
  readonly method = '';
  readonly host = '';
  readonly path = '';
  readonly segments = NONE;
  readonly #query: StreamQuery;

  /** @param protocol in which it would be served */
  constructor(query: StreamQuery, protocol: StreamProtocol) {
    this.#query = query;
    this.protocol = protocol;
  }

  get sni(): string {
    return this.#query.sni;
  }

  get sourceIp(): string {
    return this.#query.sourceIp;
  }

  get sourcePort(): number {
    return this.#query.sourcePort;
  }

  get destinationIp(): string {
    return this.#query.destinationIp;
  }

  get destinationPort(): number {
    return this.#query.destinationPort;
  }

  headerValues(): readonly string[] {
    return NONE;
  }

  argumentValues(): readonly string[] {
    return NONE;
  }

  keepMatch(): void {}
}
