import { connect, fetchOnce } from './raw-client.ts';
import { get } from './message.ts';

/** What clients met while they ran. */
export interface LoadReport {
  /** Requests answered, by status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Requests that got no complete answer. */
  readonly failures: readonly string[];
}

/** Clients that send one request after another until they are told to stop. */
export class Load {
  readonly #statuses = new Map<number, number>();
  readonly #failures: string[] = [];
  readonly #clients: Promise<void>[] = [];
  #running = true;

  /** @param keepAlive clients that keep one connection. @param fresh clients that open one a request. */
  constructor(port: number, keepAlive: number, fresh: number) {
    for (let index = 0; index < keepAlive; index++) {
      this.#clients.push(this.#guard(() => this.#runKeepAlive(port)));
    }
    for (let index = 0; index < fresh; index++) {
      this.#clients.push(this.#guard(() => this.#runFresh(port)));
    }
  }

  /** Requests answered so far. */
  get answered(): number {
    return [...this.#statuses.values()].reduce((sum, count) => sum + count, 0);
  }

  async stop(): Promise<LoadReport> {
    this.#running = false;
    await Promise.all(this.#clients);
    return { statuses: this.#statuses, failures: this.#failures };
  }

  async #guard(run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.#failures.push(String(error));
    }
  }

  async #runKeepAlive(port: number): Promise<void> {
    const client = await connect(port);
    try {
      while (this.#running) this.#count((await client.request(get('/load'))).status);
    } finally {
      client.close();
    }
  }

  async #runFresh(port: number): Promise<void> {
    while (this.#running) {
      this.#count((await fetchOnce(port, get('/load', 'Connection: close'))).status);
    }
  }

  #count(status: number): void {
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
  }
}
