import net from 'node:net';
import { OperatorError } from '../../errors.ts';
import type { Address } from '../../settings/node-settings.ts';
import { ClientConnection } from '../client/http1-connection.ts';
import type { ProxyThread } from '../thread.ts';
import { CAN_SHARE_PORT } from './port-sharing.ts';

/** Connections that the system holds until the thread takes them. */
const BACKLOG = 4096;

/** What Node keeps behind a socket; taken over so that reads can use a buffer of our own. */
interface Detachable {
  _handle: unknown;
}

/** One of this thread's own listening sockets. */
export class Listener {
  private readonly server: net.Server;

  private constructor(server: net.Server) {
    this.server = server;
  }

  /** Listens beside the other threads' sockets on the same port. @throws OperatorError */
  static open(thread: ProxyThread, address: Address): Promise<Listener> {
    const server = net.createServer({ pauseOnConnect: true, noDelay: true });
    server.on('connection', (accepted: net.Socket) => {
      const detachable = accepted as unknown as Detachable;
      const handle = detachable._handle;
      detachable._handle = null;
      const local = (server.address() as net.AddressInfo | null)?.port ?? address.port;
      thread.connectionOpened(new ClientConnection(thread, handle, local));
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
