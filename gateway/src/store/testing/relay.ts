import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Stands between a client and a server, and lets them lose each other. */
export class Relay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #clients = new Set<Socket>();
  /** Whether nothing comes through new connections either. */
  #isSilent = false;
  /** An answer of the server that never gets to the client: the connection is cut instead. */
  withheld: string | null = null;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param url of the server */
  static async open(url: string): Promise<Relay> {
    const { hostname, port } = new URL(url);
    const server = createServer();
    const relay = new Relay(server);
    server.on('connection', (client) => relay.#join(client, connect(Number(port), hostname)));
    server.listen({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    return relay;
  }

  /** The same URL, by way of the relay. */
  through(url: string): URL {
    const through = new URL(url);
    through.hostname = '127.0.0.1';
    through.port = String((this.#server.address() as AddressInfo).port);
    return through;
  }

  /**
   * From now on nothing comes through the connections that there are, though they stay open.
   *
   * @param lasting whether new ones are silent, too, until `speak`
   */
  silence(lasting = false): void {
    this.#isSilent = lasting;
    for (const socket of this.#sockets) socket.removeAllListeners('data').resume();
  }

  /** Lets new connections through again. */
  speak(): void {
    this.#isSilent = false;
  }

  /** Cuts each connection that there is as soon as the client uses it again, and not before. */
  cutWhenUsed(): void {
    for (const client of this.#clients) {
      client.removeAllListeners('data').once('data', () => client.destroy());
    }
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #join(client: Socket, server: Socket): void {
    this.#clients.add(client);
    client.on('close', () => this.#clients.delete(client));
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.on('error', () => to.destroy());
    }
    if (this.#isSilent) {
      client.resume();
      server.resume();
      return;
    }
    client.on('data', (data) => void server.write(data));
    server.on('data', (data) => {
      if (this.withheld === null || !data.includes(this.withheld)) {
        client.write(data);
        return;
      }
      this.withheld = null;
      client.destroy();
    });
  }
}
