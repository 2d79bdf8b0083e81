import { connect, type Socket } from 'node:net';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';

/** A connection on which nothing has happened for so long is over, ms. */
const QUIET = 150;

/** Pieces beyond this go out as one. */
const MOST_PIECES = 200;

/**
 * Sends bytes on a connection of their own, each piece in a packet of its own as far as the system lets
 * that happen.
 *
 * @param client loopback address that this connection alone comes from
 * @returns when the gateway has closed the connection, or nothing happens on it any more
 */
export async function deliver(
  port: number,
  client: string,
  pieces: readonly Buffer[],
): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: client, noDelay: true });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  let received = 0;
  socket.on('data', (data: Buffer) => (received += data.length));
  socket.on('error', () => undefined);
  const first = pieces.slice(0, MOST_PIECES);
  for (const piece of [...first, Buffer.concat(pieces.slice(MOST_PIECES))]) {
    if (socket.destroyed) break;
    socket.write(piece);
    await turn();
  }
  await Promise.race([closed, silence(socket, () => received)]);
  socket.destroy();
  await closed;
}

/** Resolves once nothing has been received for `QUIET` ms. */
async function silence(socket: Socket, received: () => number): Promise<void> {
  for (let before = -1; before !== received() && !socket.destroyed;) {
    before = received();
    await delay(QUIET);
  }
}

/** Addresses that were handed out. */
let addresses = 0;

/**
 * A loopback address for a connection. It comes again after some millions only: what a gateway on a busy
 * machine passes on late is not taken for the request of a later connection.
 */
export function nextClientAddress(): string {
  const index = addresses++;
  return `127.${1 + ((index >> 16) % 250)}.${(index >> 8) & 0xff}.${index & 0xff}`;
}
