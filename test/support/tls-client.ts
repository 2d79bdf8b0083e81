import { once } from 'node:events';
import tls from 'node:tls';
import { RawClient, type Response } from './raw-client.ts';
import { get } from './message.ts';

/** Shakes hands with 127.0.0.1. @throws Error of the handshake */
export async function connectTls(
  port: number,
  options: tls.ConnectionOptions = {},
): Promise<tls.TLSSocket> {
  const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  await once(socket, 'secureConnect');
  socket.on('error', () => undefined);
  return socket;
}

/** One request of HTTP/1.1 on a connection of its own. */
export async function fetchTls(
  port: number,
  options: tls.ConnectionOptions = {},
  bytes = get('/', 'Connection: close'),
): Promise<Response> {
  const client = new RawClient(await connectTls(port, options));
  try {
    return await client.request(bytes);
  } finally {
    client.close();
  }
}

/** The names in the certificate that the server shows to a client that asks for `servername`. */
export async function namesShown(port: number, servername?: string): Promise<string> {
  const socket = await connectTls(port, servername === undefined ? {} : { servername });
  const names = socket.getPeerCertificate().subjectaltname ?? '';
  // Who breaks the connection off has not shaken hands as the server sees it.
  socket.end();
  await once(socket, 'close');
  return names;
}
