import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KeyObject } from 'node:crypto';

type Answer = (response: ServerResponse) => void;

/** A server that publishes a key set, as an issuer of tokens does. */
export class TestIssuer {
  readonly #server: Server;
  /** How often it was asked. */
  asked = 0;
  uri = '';
  /** What it answers with. */
  answer: Answer = (response) => response.end('{"keys":[]}');

  private constructor() {
    this.#server = createServer((_request, response) => {
      this.asked++;
      this.answer(response);
    });
  }

  static async start(keys: Readonly<Record<string, KeyObject>> = {}): Promise<TestIssuer> {
    const issuer = new TestIssuer();
    issuer.publish(keys);
    await new Promise<void>((listening) =>
      issuer.#server.listen(0, '127.0.0.1', () => listening()),
    );
    issuer.uri = `http://127.0.0.1:${(issuer.#server.address() as AddressInfo).port}/jwks`;
    return issuer;
  }

  /** Answers with these keys, by their ids. */
  publish(keys: Readonly<Record<string, KeyObject>>): void {
    const list = Object.entries(keys).map(([kid, key]) => ({
      ...key.export({ format: 'jwk' }),
      kid,
    }));
    this.answer = (response) => response.end(JSON.stringify({ keys: list }));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }
}
