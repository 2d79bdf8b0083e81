import net from 'node:net';
import { OperatorError } from '../../errors.ts';
import type { Address } from '../../settings/node-settings.ts';
import { CAN_SHARE_PORT } from './port-sharing.ts';

/** Connections that the system holds until the thread takes them. */
const BACKLOG = 4096;

/** What Node keeps behind a socket; taken over so that reads can use a buffer of our own. */
interface Detachable {
  _handle: unknown;
}

/**
 * Takes an accepted connection.
 *
 * @param handle what Node keeps behind its socket; whoever takes it closes it
 * @param localPort on which it was accepted
 */
export type Accept = (handle: unknown, localPort: number) => void;

/** One of this thread's own listening sockets. */
export class Listener {
  private readonly server: net.Server;

  private constructor(server: net.Server) {
    this.server = server;
  }

  /** Listens beside the other threads' sockets on the same port. @throws OperatorError */
  static open(address: Address, accept: Accept): Promise<Listener> {
    const server = net.createServer({ pauseOnConnect: true, noDelay: true });
    server.on('connection', (accepted: net.Socket) => {
      const detachable = accepted as unknown as Detachable;
      const handle = detachable._handle;
      detachable._handle = null;
      const local = (server.address() as net.AddressInfo | null)?.port ?? address.port;
      accept(handle, local);
    });
    return new Promise((resolve, reject) => {
      server.once('error', (cause) => {
        reject(
          new OperatorError(`cannot listen on ${address.host}:${address.port}: ${cause.message}`),
        );
      });
      server.listen({ ...address, backlog: BACKLOG, reusePort: CAN_SHARE_PORT }, () => {
        resolve(new Listener(server));
      });
    });
  }

  get address(): Address {
    const { address, port } = this.server.address() as net.AddressInfo;
    return { host: address, port };
  }

  close(): void {
    this.server.close();
  }
}
