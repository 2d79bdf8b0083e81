import net from 'node:net';
import { OperatorError } from '../../errors.ts';

/**
 * Proves that this Node reads accepted sockets into a buffer of ours, which the proxy depends on:
 * taking over an accepted handle is not a documented interface.
 *
 * @throws OperatorError when it does not work
 */
export async function checkReads(): Promise<void> {
  const buffer = Buffer.alloc(16);
  const server = net.createServer({ pauseOnConnect: true });
  const works = new Promise<boolean>((resolve) => {
    server.on('connection', (accepted) => {
      const detachable = accepted as unknown as { _handle: unknown };
      const handle = detachable._handle;
      detachable._handle = null;
      const socket = new net.Socket({
        handle,
        onread: {
          buffer,
          callback: (length: number) => {
            resolve(buffer.toString('latin1', 0, length) === 'ping');
            socket.destroy();
            return true;
          },
        },
      } as net.SocketConstructorOpts);
      socket.resume();
    });
    setTimeout(() => resolve(false), 5000).unref();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const client = net.connect(port, '127.0.0.1', () => client.write('ping'));
  client.on('error', () => undefined);
  const ok = await works.catch(() => false);
  client.destroy();
  server.close();
  if (ok) return;
  throw new OperatorError(`Node ${process.version} does not read sockets the way the proxy needs`, {
    help: 'use the Node version that this package pins (npm install brings it)',
  });
}
