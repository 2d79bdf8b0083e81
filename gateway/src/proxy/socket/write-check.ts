import net from 'node:net';
import { once } from 'node:events';
import { ProxySocket, writePastStreams } from './proxy-socket.ts';

/** How long the check may take, ms. */
const PATIENCE = 5000;
/** More than the system takes at once. */
const MUCH = 'x'.repeat(16 * 1024);
const MOST_PIECES = 4096;

interface Writing {
  writeLatin1String: (this: Writing, request: unknown, text: string) => unknown;
}

/**
 * Lets sockets write past their streams if that works on this Node, which is not a documented
 * interface: a text must arrive, and one that the system cannot take must be noticed, held and told
 * of. If anything is not as expected, all writes go through the streams as everywhere else.
 *
 * @returns whether it works
 */
export async function checkWrites(): Promise<boolean> {
  const server = net.createServer({ pauseOnConnect: true });
  server.listen(0, '127.0.0.1');
  const timer = setTimeout(() => server.close(), PATIENCE);
  const socket = new ProxySocket();
  socket.on('error', () => undefined);
  let accepted: net.Socket | null = null;
  try {
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    const connected = once(socket, 'connect');
    const connection = once(server, 'connection') as Promise<[net.Socket]>;
    socket.connect(port, '127.0.0.1');
    await connected;
    [accepted] = await connection;
    if (!writesWithoutRequest(socket)) return false;
    writePastStreams(true);
    const works = await writesArrive(socket, accepted);
    writePastStreams(works);
    return works;
  } catch {
    writePastStreams(false);
    return false;
  } finally {
    clearTimeout(timer);
    socket.destroy();
    accepted?.destroy();
    server.close();
  }
}

/**
 * Whether Node itself writes without an object for each write, as it does since version 26. To try
 * that on an older one would end the process, so an ordinary write is watched.
 */
function writesWithoutRequest(socket: net.Socket): boolean {
  const handle = (socket as unknown as { _handle: Writing })._handle;
  const { writeLatin1String } = handle;
  let without = false;
  handle.writeLatin1String = function (request, text) {
    without = request === null;
    return writeLatin1String.call(this, request, text);
  };
  socket.write('first ', 'latin1');
  delete (handle as Partial<Writing>).writeLatin1String;
  return without;
}

async function writesArrive(socket: ProxySocket, other: net.Socket): Promise<boolean> {
  await new Promise((resolve) => socket.write('', resolve));
  let expected = 'first second'.length;
  if (!socket.writeText('second') || socket.isBehind) return false;
  let pieces = 0;
  do {
    if (++pieces > MOST_PIECES) return false;
    expected += MUCH.length;
  } while (socket.writeText(MUCH));
  if (!socket.isBehind || socket.untaken === 0) return false;
  const drained = once(socket, 'drain', { signal: AbortSignal.timeout(PATIENCE) });
  socket.write('last');
  expected += 'last'.length;
  const arrived: Buffer[] = [];
  let length = 0;
  const complete = new Promise<void>((resolve) => {
    other.on('data', (piece: Buffer) => {
      arrived.push(piece);
      length += piece.length;
      if (length >= expected) resolve();
    });
    other.on('close', resolve);
  });
  other.resume();
  await drained;
  await complete;
  const text = Buffer.concat(arrived).toString('latin1');
  return (
    length === expected &&
    !socket.isBehind &&
    text.startsWith('first secondxxxx') &&
    text.endsWith('xxxxlast')
  );
}
