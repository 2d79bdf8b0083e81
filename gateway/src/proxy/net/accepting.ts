import type net from 'node:net';

/** What Node keeps behind a socket; taken over so that reads can use a buffer of our own. */
interface Detachable {
  _handle: unknown;
}

/** What Node keeps behind an accepted socket, as far as it is used here. */
interface Acceptable {
  setKeepAlive?: (on: boolean, delay: number) => void;
}

/** What Node keeps behind a server. */
interface ServerHandle {
  /** @param error negated error number; 0 for none */
  onconnection?: (this: ServerHandle, error: number, accepted?: Acceptable) => void;
}

/** Takes what Node keeps behind an accepted socket; whoever takes it closes it. */
type Take = (handle: unknown) => void;

/** Gives `take` the accepted sockets of a server, once Node has made its own of them. */
export function acceptThroughSockets(server: net.Server, take: Take): void {
  server.on('connection', (accepted: net.Socket) => {
    const detachable = accepted as unknown as Detachable;
    const handle = detachable._handle;
    detachable._handle = null;
    take(handle);
  });
}

/**
 * The same without a socket of Node's that nobody uses, which would be a tenth of what a new connection
 * costs. Not a documented interface: where it is another one, connections come through sockets.
 *
 * @param server that listens
 */
export function acceptDirectly(server: net.Server, keepAlive: boolean, take: Take): void {
  const { _handle: handle } = server as unknown as { _handle: ServerHandle | null };
  const usual = handle?.onconnection;
  if (handle === null || typeof usual !== 'function') return;
  handle.onconnection = function (error, accepted) {
    if (error !== 0 || accepted === undefined) {
      usual.call(this, error, accepted);
      return;
    }
    if (keepAlive) accepted.setKeepAlive?.(true, 0);
    take(accepted);
  };
}
