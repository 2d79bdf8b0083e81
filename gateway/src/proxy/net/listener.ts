import { chmodSync, renameSync } from 'node:fs';
import net from 'node:net';
import { OperatorError } from '../../errors.ts';
import { formatPlace, portOf } from '../../settings/listen-kinds.ts';
import type { Listen } from '../../settings/node-settings.ts';
import { acceptDirectly, acceptThroughSockets } from './accepting.ts';
import { CAN_SHARE_PORT } from './port-sharing.ts';

/** As with a port, whoever reaches a unix socket may connect: its folder decides who that is. */
const SOCKET_MODE = 0o666;

/**
 * Takes an accepted connection.
 *
 * @param handle what Node keeps behind its socket; whoever takes it closes it
 * @param localPort on which it was accepted; 0 on a unix socket
 */
export type Accept = (handle: unknown, localPort: number) => void;

/** One of this thread's own listening sockets. */
export class Listener {
  private readonly server: net.Server;

  private constructor(server: net.Server) {
    this.server = server;
  }

  /**
   * Listens, beside the other threads' sockets where it is on a port. A unix socket belongs to one
   * thread: it takes the place of whatever has its path, so that a thread can follow another.
   *
   * @throws OperatorError
   */
  static async open(listen: Listen, accept: Accept): Promise<Listener> {
    const { address, backlog, ipv6Only, keepAlive } = listen;
    const server = net.createServer({ pauseOnConnect: true, keepAlive });
    const port = portOf(listen);
    const take = (handle: unknown): void => accept(handle, port);
    acceptThroughSockets(server, take);
    try {
      if ('path' in address) await listenOnPath(server, address.path, backlog);
      else {
        await started(server, { ...address, backlog, ipv6Only, reusePort: CAN_SHARE_PORT });
      }
    } catch (error) {
      const reason = (error as Error).message;
      throw new OperatorError(`cannot listen on ${formatPlace(listen)}: ${reason}`);
    }
    acceptDirectly(server, keepAlive, take);
    return new Listener(server);
  }

  close(): void {
    this.server.close();
  }
}

/** Binds beside the path and moves there: the system removes what it bound when that is closed. */
async function listenOnPath(server: net.Server, path: string, backlog: number): Promise<void> {
  const own = `${path}.${process.pid}`;
  await started(server, { path: own, backlog });
  chmodSync(own, SOCKET_MODE);
  renameSync(own, path);
}

function started(server: net.Server, options: net.ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
