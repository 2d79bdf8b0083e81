import { once } from 'node:events';
import net from 'node:net';
import { BareSocket } from './bare-socket.ts';
import { useBareSockets } from './open-client-wire.ts';
import { streamBinding } from './stream-binding.ts';

/** How long the check may take, ms. */
const PATIENCE = 5000;
/** More than the system takes at once. */
const MUCH = Buffer.alloc(64 * 1024, 'x');
const MOST_PIECES = 1024;

/** What Node keeps behind a socket, as far as it is used where no socket comes of it. */
interface Closable {
  close(): void;
}

/**
 * Lets clients with requests have bare sockets if those work on this Node, which is not a documented
 * interface: what is sent must arrive, but not while nothing is read; what the system cannot take must
 * be noticed, held and told of; and both ends must be told. If anything is not as expected, clients
 * have sockets with streams as everywhere else.
 *
 * @returns whether they work
 */
export async function checkBareSockets(): Promise<boolean> {
  useBareSockets(false);
  if (streamBinding === null) return false;
  const server = net.createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  const signal = AbortSignal.timeout(PATIENCE);
  let client: net.Socket | null = null;
  let detached: Closable | null = null;
  let socket: BareSocket | null = null;
  try {
    await once(server, 'listening', { signal });
    const { port } = server.address() as net.AddressInfo;
    const connection = once(server, 'connection', { signal }) as Promise<[net.Socket]>;
    client = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    client.on('error', () => undefined);
    const [accepted] = await connection;
    const detachable = accepted as unknown as { _handle: Closable | null };
    detached = detachable._handle;
    detachable._handle = null;
    const buffer = Buffer.alloc(16);
    socket = new BareSocket(detached, buffer);
    const events = new Events();
    socket.attend(events);
    const works =
      (await readsInTurn(socket, buffer, client, signal)) &&
      (await writesArrive(socket, events, client, signal)) &&
      (await ends(socket, events, client, signal));
    useBareSockets(works);
    return works;
  } catch {
    return false;
  } finally {
    client?.destroy();
    if (socket === null) detached?.close();
    else socket.destroy();
    server.close();
  }
}

/** What a socket tells its owner, one after the other. */
class Events {
  readonly drained = Promise.withResolvers<void>();
  readonly gone = Promise.withResolvers<void>();
  readonly closed = Promise.withResolvers<void>();

  onDrain(): void {
    this.drained.resolve();
  }

  onGone(): void {
    this.gone.resolve();
  }

  onClosed(): void {
    this.closed.resolve();
  }
}

/** @throws when it does not come in time */
async function within<T>(coming: Promise<T>, signal: AbortSignal): Promise<T> {
  const late = once(signal, 'abort').then(() => Promise.reject(new Error('late')));
  return Promise.race([coming, late]);
}

/** Lets the client say something, and something else once the socket reads no more. */
async function readsInTurn(
  socket: BareSocket,
  buffer: Buffer,
  client: net.Socket,
  signal: AbortSignal,
): Promise<boolean> {
  const arrived: string[] = [];
  for (const word of ['ping', 'pong']) {
    const read = Promise.withResolvers<void>();
    socket.onRead = (length) => {
      arrived.push(buffer.toString('latin1', 0, length));
      read.resolve();
      return false;
    };
    await new Promise((resolve) => client.write(word, resolve));
    await new Promise(setImmediate);
    if (arrived.includes(word)) return false;
    socket.resume();
    await within(read.promise, signal);
  }
  return arrived.join() === 'ping,pong' && typeof socket.remoteAddress === 'string';
}

async function writesArrive(
  socket: BareSocket,
  events: Events,
  client: net.Socket,
  signal: AbortSignal,
): Promise<boolean> {
  client.pause();
  let expected = 'first second'.length;
  socket.cork();
  socket.writeText('first');
  socket.write(Buffer.from(' '));
  socket.uncork();
  if (!socket.writeText('second') || socket.isBehind) return false;
  let pieces = 0;
  do {
    if (++pieces > MOST_PIECES) return false;
    expected += MUCH.length;
  } while (socket.write(MUCH));
  if (!socket.isBehind || socket.untaken === 0) return false;
  socket.writeText('last');
  expected += 'last'.length;
  const arrived: Buffer[] = [];
  let length = 0;
  const complete = Promise.withResolvers<void>();
  client.on('data', (piece: Buffer) => {
    arrived.push(piece);
    length += piece.length;
    if (length >= expected) complete.resolve();
  });
  client.resume();
  await within(Promise.all([complete.promise, events.drained.promise]), signal);
  const text = Buffer.concat(arrived).toString('latin1');
  const isWhole = text.startsWith('first secondxxxx') && text.endsWith('xxxxlast');
  return isWhole && length === expected && !socket.isBehind;
}

/** Each end tells the other that it is through; then the socket closes. */
async function ends(
  socket: BareSocket,
  events: Events,
  client: net.Socket,
  signal: AbortSignal,
): Promise<boolean> {
  const ended = once(client, 'end', { signal });
  socket.end();
  await ended;
  socket.resume();
  client.end();
  await within(events.gone.promise, signal);
  socket.destroy();
  await within(events.closed.promise, signal);
  return socket.destroyed;
}
