import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request that a peer got. */
export interface PeerRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers a request; may also not answer at all. */
export type PeerAnswer = (request: PeerRequest, response: ServerResponse) => void;

/** Of peers that there were: what a plugin has kept of one must not count for another. */
const portsBefore = new Set<number>();

/** A real HTTP server that stands for one that plugins ask. */
export class TestPeer {
  readonly #server: Server;
  /** What it was asked, in order. */
  readonly requests: PeerRequest[] = [];
  answer: PeerAnswer;
  port = 0;
  /** Connections that were made to it. */
  connections = 0;

  private constructor(answer: PeerAnswer) {
    this.answer = answer;
    this.#server = createServer((request, response) => {
      void text(request).then((body) => {
        const { method = '', url = '', headers } = request;
        const received = { method, target: url, headers, body };
        this.requests.push(received);
        this.answer(received, response);
      });
    });
    this.#server.on('connection', () => this.connections++);
  }

  static async start(answer: PeerAnswer): Promise<TestPeer> {
    const peer = new TestPeer(answer);
    await peer.#listen(0);
    while (portsBefore.has(peer.port)) {
      await peer.stop();
      await peer.#listen(0);
    }
    portsBefore.add(peer.port);
    return peer;
  }

  get name(): string {
    return `127.0.0.1:${this.port}`;
  }

  url(path: string): string {
    return `http://${this.name}${path}`;
  }

  /** Listens again where it did before it was stopped. */
  restart(): Promise<void> {
    return this.#listen(this.port);
  }

  /** Ends the connections that are open, as a server does that restarts. */
  hangUp(): void {
    this.#server.closeAllConnections();
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  async #listen(port: number): Promise<void> {
    await new Promise<void>((listening) =>
      this.#server.listen(port, '127.0.0.1', () => listening()),
    );
    this.port = (this.#server.address() as AddressInfo).port;
  }
}
