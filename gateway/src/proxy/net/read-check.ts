import { once } from 'node:events';
import net from 'node:net';
import { OperatorError } from '../../errors.ts';
import { ProxySocket } from '../socket/proxy-socket.ts';

/** How long the check may take, ms. */
const PATIENCE = 5000;

/**
 * Proves that this Node reads accepted sockets into a buffer of ours, which the proxy depends on:
 * neither taking over an accepted handle nor reading past its stream is a documented interface. What
 * is sent must arrive, not before it is asked for again, and be followed by its end.
 *
 * @throws OperatorError when it does not work
 */
export async function checkReads(): Promise<void> {
  const server = net.createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const client = net.connect(port, '127.0.0.1').on('error', () => undefined);
  let socket: ProxySocket | null = null;
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    const [accepted] = (await once(server, 'connection', { signal })) as [net.Socket];
    const detachable = accepted as unknown as { _handle: unknown };
    const handle = detachable._handle;
    detachable._handle = null;
    const buffer = Buffer.alloc(16);
    socket = ProxySocket.accept(handle, buffer).on('error', () => undefined);
    if (await readsInTurn(socket, buffer, client, signal)) return;
  } catch {
    // Told below: what went wrong is of no help to an operator.
  } finally {
    client.destroy();
    socket?.destroy();
    server.close();
  }
  throw new OperatorError(`Node ${process.version} does not read sockets the way the proxy needs`, {
    help: 'use the Node version that this package pins (npm install brings it)',
  });
}

/** Lets the client say something, and something else once the socket reads no more. */
async function readsInTurn(
  socket: ProxySocket,
  buffer: Buffer,
  client: net.Socket,
  signal: AbortSignal,
): Promise<boolean> {
  const arrived: string[] = [];
  const read = Promise.withResolvers<void>();
  socket.onRead = (length) => {
    arrived.push(buffer.toString('latin1', 0, length));
    read.resolve();
    return false;
  };
  const ended = once(socket, 'end', { signal });
  client.write('ping');
  socket.resume();
  await Promise.race([read.promise, once(signal, 'abort')]);
  await new Promise<void>((resolve) => client.end('pong', resolve));
  await new Promise(setImmediate);
  if (arrived.join() !== 'ping') return false;
  socket.onRead = (length) => {
    arrived.push(buffer.toString('latin1', 0, length));
    return true;
  };
  socket.resume();
  await ended;
  return arrived.join() === 'ping,pong';
}
