import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { KeyObject } from 'node:crypto';
import { pairs, tokenOf } from '../../../plugin/jose/testing/tokens.ts';

/** A request to the token or the revocation endpoint. */
export interface Posted {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly form: URLSearchParams;
}

type Answer = (response: ServerResponse, posted: Posted) => void;

/**
 * An OpenID provider whose every answer a test decides on. What a real one does is tested against a
 * real one; this is for what none would do.
 */
export class TestProvider {
  readonly #server: Server;
  #keys: Readonly<Record<string, KeyObject>> = { one: pairs.rsa.publicKey };
  issuer = '';
  /** Fields of the metadata that are different from usual. */
  metadata: Readonly<Record<string, unknown>> = {};
  /** Paths that were asked for. */
  readonly asked: string[] = [];
  readonly posted: Posted[] = [];
  /** Replaces the documents. */
  document: ((response: ServerResponse) => void) | null = null;
  /** What the token endpoint answers. */
  answer: Answer = (response) => json(response, 400, { error: 'invalid_grant' });

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<TestProvider> {
    const provider = new TestProvider();
    await provider.listen(0);
    return provider;
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(port, '127.0.0.1', () => done()));
    this.issuer = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Publishes these keys, by their ids, and no others. */
  publish(keys: Readonly<Record<string, KeyObject>>): void {
    this.#keys = keys;
  }

  /** Answers the token endpoint with this. */
  give(status: number, body: object): void {
    this.answer = (response) => json(response, status, body);
  }

  /** A token of this provider, signed with its key `one`. */
  token(claims: object, header: object = {}): string {
    const all = { iss: this.issuer, ...claims };
    return tokenOf('RS256', pairs.rsa.privateKey, all, { kid: 'one', ...header });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise((closed) => this.#server.close(closed));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    this.asked.push(path);
    if (request.method === 'POST') {
      const form = new URLSearchParams(await text(request));
      const posted = { path, authorization: request.headers.authorization, form };
      this.posted.push(posted);
      if (path === '/token') this.answer(response, posted);
      else json(response, 200, {});
    } else if (this.document !== null) {
      this.document(response);
    } else if (path === '/jwks') {
      json(response, 200, { keys: Object.entries(this.#keys).map(jwkOf) });
    } else {
      json(response, 200, this.#discovery());
    }
  }

  #discovery(): object {
    return {
      issuer: this.issuer,
      jwks_uri: `${this.issuer}/jwks`,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      revocation_endpoint: `${this.issuer}/revoke`,
      end_session_endpoint: `${this.issuer}/logout`,
      ...this.metadata,
    };
  }
}

function jwkOf([kid, key]: [string, KeyObject]): object {
  return { ...key.export({ format: 'jwk' }), kid };
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
