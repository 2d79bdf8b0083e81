import assert from 'node:assert/strict';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { after } from 'node:test';
import { ByteStream } from '../support/byte-stream.ts';
import { startGateway, type Gateway, type GatewayOptions } from '../support/gateway.ts';
import { within } from '../support/until.ts';
import { unusedPort } from '../support/unused-port.ts';

/** A server for plain connections, which leaves them half open until somebody ends them. */
export class Upstream {
  /** Those that are open. */
  readonly connections = new Set<net.Socket>();
  readonly #server: net.Server;

  constructor(onConnection: (socket: net.Socket) => void) {
    this.#server = net.createServer({ allowHalfOpen: true }, (socket) => {
      this.connections.add(socket);
      socket.on('close', () => this.connections.delete(socket));
      socket.on('error', () => undefined);
      onConnection(socket);
    });
  }

  async listen(port = 0): Promise<this> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The next connection that comes. */
  async next(): Promise<net.Socket> {
    const arrives = once(this.#server, 'connection') as Promise<[net.Socket]>;
    return (await within('a connection to the upstream', arrives))[0];
  }

  close(): void {
    for (const socket of this.connections) socket.destroy();
    this.#server.close();
  }
}

/** A client's connection, which stays half open when its other end ends. */
export class Client {
  readonly socket: net.Socket;
  readonly bytes: ByteStream;

  constructor(port: number, localAddress: string) {
    this.socket = net.connect({ port, host: '127.0.0.1', localAddress, allowHalfOpen: true });
    this.bytes = new ByteStream(this.socket);
  }

  async text(length: number): Promise<string> {
    return (await this.bytes.readBytes(length, 'an answer')).toString('latin1');
  }

  /** All that comes until the gateway ends. */
  async rest(): Promise<string> {
    return (await this.bytes.readToEnd('the end')).toString('latin1');
  }
}

/** Sends back what comes, and ends when the client ends. */
export function echo(socket: net.Socket): void {
  socket.pipe(socket);
}

/** Sends a name first, and then what comes. */
export function greet(name: string): (socket: net.Socket) => void {
  return (socket) => {
    socket.write(`${name}\n`);
    echo(socket);
  };
}

/** A service with one route, as the configuration has them. */
export function streamService(
  name: string,
  port: number,
  route: object,
  service: object = {},
): object {
  return {
    ...{ name, host: '127.0.0.1', port, protocol: 'tcp', retries: 0 },
    routes: [{ name, protocols: ['tcp'], ...route }],
    ...service,
  };
}

export function configOf(...services: readonly object[]): object {
  return { _format_version: '3.0', services };
}

/** What a suite starts; all of it ends with the suite. To be made while the suite is described. */
export class StreamSite {
  readonly #closers: (() => unknown)[] = [];

  constructor() {
    after(async () => {
      for (const close of this.#closers.reverse()) await close();
    });
  }

  /** A gateway with one route, and a client that its service has greeted. */
  async greeted(): Promise<{ readonly gateway: Gateway; readonly client: Client }> {
    const upstream = await this.upstream(greet('hello'));
    const port = await unusedPort();
    const gateway = await this.gateway(
      `127.0.0.1:${port}`,
      configOf(streamService('s', upstream.port, { destinations: [{ port }] })),
    );
    const client = await this.connect(port);
    assert.equal(await client.text(6), 'hello\n');
    return { gateway, client };
  }

  /** Has something done at the end. */
  atEnd(close: () => unknown): void {
    this.#closers.push(close);
  }

  async upstream(onConnection: (socket: net.Socket) => void = echo, port = 0): Promise<Upstream> {
    const upstream = new Upstream(onConnection);
    this.atEnd(() => upstream.close());
    return upstream.listen(port);
  }

  async gateway(listen: string, config: object, options: GatewayOptions = {}): Promise<Gateway> {
    const flags = ['--stream-listen', listen, ...(options.flags ?? [])];
    const gateway = await startGateway({ ...options, config, flags });
    this.atEnd(() => gateway.stop());
    return gateway;
  }

  async connect(port: number, localAddress = '127.0.0.1'): Promise<Client> {
    const client = new Client(port, localAddress);
    this.atEnd(() => client.socket.destroy());
    await once(client.socket, 'connect');
    return client;
  }

  /** Sends `text` and ends; gives what comes back. */
  async exchange(port: number, text: string): Promise<string> {
    const client = await this.connect(port);
    client.socket.end(text);
    return client.rest();
  }
}
