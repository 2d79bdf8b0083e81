import { AdminClient } from '../support/admin-client.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { get } from '../support/message.ts';
import { fetchOnce } from '../support/raw-client.ts';
import type { Place } from '../support/stores.ts';

/** A gateway on a store, with a client of its Admin API. */
export class Node {
  readonly gateway: Gateway;
  readonly admin: AdminClient;

  constructor(gateway: Gateway) {
    this.gateway = gateway;
    this.admin = new AdminClient(gateway.adminPort);
  }

  static async start(place: Place, flags: readonly string[] = []): Promise<Node> {
    return new Node(await startGateway({ ...place, flags, workers: 2 }));
  }

  /** Status of a proxied GET. */
  async fetch(path: string): Promise<number> {
    return (await fetchOnce(this.gateway.proxyPort, get(path, 'Connection: close'))).status;
  }

  async metrics(): Promise<string> {
    return (await this.gateway.fetchStatus('/metrics')).text();
  }

  async kill(): Promise<void> {
    await this.gateway.kill();
    this.#forget();
  }

  async stop(): Promise<void> {
    this.#forget();
    await this.gateway.stop();
  }

  #forget(): void {
    this.admin.close();
  }
}
