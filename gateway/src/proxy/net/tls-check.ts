import { once } from 'node:events';
import net from 'node:net';
import tls, { type SecureContext } from 'node:tls';
import { OperatorError } from '../../errors.ts';
import { TlsSocket } from './tls-socket.ts';

/** How long the check may take, ms. */
const PATIENCE = 5000;

/**
 * Proves that this Node shakes hands on accepted handles and reads into a buffer of ours, which TLS
 * depends on: neither is a documented interface.
 *
 * @throws OperatorError when it does not work
 */
export async function checkTls(secureContext: SecureContext): Promise<void> {
  const server = net.createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets: net.Socket[] = [];
  try {
    const { port } = server.address() as net.AddressInfo;
    const signal = AbortSignal.timeout(PATIENCE);
    server.once('connection', (accepted) => sockets.push(answer(accepted, secureContext)));
    // Only what arrives is looked at; there is nobody to be taken for another.
    const client = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    sockets.push(client);
    client.end('ping');
    const [reply] = (await once(client, 'data', { signal })) as [Buffer];
    if (reply.toString('latin1') === 'ping') return;
  } catch {
    // Told below: what went wrong is of no help to an operator.
  } finally {
    for (const socket of sockets) socket.on('error', () => undefined).destroy();
    server.close();
  }
  throw new OperatorError(`Node ${process.version} does not do TLS the way the proxy needs`, {
    help: 'use the Node version that this package pins (npm install brings it)',
  });
}

/** Sends back what arrives in the buffer. */
function answer(accepted: net.Socket, secureContext: SecureContext): TlsSocket {
  const detachable = accepted as unknown as { _handle: unknown };
  const handle = detachable._handle;
  detachable._handle = null;
  const buffer = Buffer.alloc(64);
  const socket = TlsSocket.accept({
    handle,
    secureContext,
    SNICallback: (_name, done) => done(null, secureContext),
    ALPNProtocols: [],
    requestCert: false,
    rejectUnauthorized: false,
    buffer,
  });
  socket.onRead = (length) => {
    socket.writeText(buffer.toString('latin1', 0, length));
    return true;
  };
  socket.on('error', () => undefined);
  socket.once('secure', () => socket.established());
  return socket;
}
