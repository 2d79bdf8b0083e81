import net from 'node:net';
import { UNIX_PEER, withoutIPv4Mapping } from '../../proxy/client-address.ts';
import { BadProxyHeader, INCOMPLETE, readProxyHeader } from '../../proxy/net/proxy-protocol.ts';

/** How long the header may take, ms. */
const PATIENCE = 10_000;

/**
 * Accepts connections that begin with a header of the PROXY protocol, and hands them on to `server`
 * without it. What is no such header, or comes from somebody who is not trusted, is closed.
 */
export function behindProxyHeader(
  server: net.Server,
  trusts: (peerIp: string) => boolean,
): net.Server {
  return net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const peer = socket.remoteAddress;
    const address = peer === undefined ? UNIX_PEER : withoutIPv4Mapping(peer);
    if (trusts(address)) readHeader(socket, () => server.emit('connection', socket));
    else socket.destroy();
  });
}

function readHeader(socket: net.Socket, onDone: () => void): void {
  let arrived = Buffer.alloc(0);
  const giveUp = (): void => void socket.destroy();
  const timer = setTimeout(giveUp, PATIENCE);
  // Not by 'data': TLS would not take a socket over that flows.
  const onReadable = (): void => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    arrived = Buffer.concat([arrived, chunk]);
    const end = endOfHeader(arrived);
    if (end === 0) return;
    clearTimeout(timer);
    socket.off('readable', onReadable).off('error', giveUp).off('end', giveUp);
    if (end === -1) {
      socket.destroy();
      return;
    }
    if (end < arrived.length) socket.unshift(arrived.subarray(end));
    onDone();
  };
  socket.on('readable', onReadable).on('error', giveUp).on('end', giveUp);
  socket.once('close', () => clearTimeout(timer));
}

/** @returns 0 when more must come, -1 when it is no header */
function endOfHeader(bytes: Buffer): number {
  try {
    const header = readProxyHeader(bytes);
    return header === INCOMPLETE ? 0 : header.length;
  } catch (error) {
    if (error instanceof BadProxyHeader) return -1;
    throw error;
  }
}
