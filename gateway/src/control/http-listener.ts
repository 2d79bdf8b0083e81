import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import http, { type RequestListener, type Server, type ServerOptions } from 'node:http';
import https from 'node:https';
import type { Listen } from '../settings/node-settings.ts';
import { refusal, withPort } from './ports.ts';
import { clearSocketFile, removeSocketFile } from './socket-file.ts';
import type { ServerCertificates } from './tls/server-certificates.ts';

/** Only the user of the gateway may connect to a unix socket of this thread's servers. */
const SOCKET_MODE = 0o600;
/** Bounds a handshake, ms. */
const LONGEST_HANDSHAKE = 10_000;

/** An HTTP server of the control thread that listens, with TLS or without. */
export interface HttpListener {
  readonly server: Server;
  /** Where it listens, with the port that is really bound. */
  readonly listen: Listen;
  /** To be called when the server closes. */
  release(): void;
}

/**
 * Starts to listen.
 *
 * @param option that names the listener, for messages
 * @param certificates used if it takes TLS
 * @throws OperatorError when the address cannot be had
 */
export async function openHttpListener(
  listen: Listen,
  option: string,
  options: ServerOptions,
  certificates: ServerCertificates | undefined,
  handle: RequestListener,
): Promise<HttpListener> {
  const { address, backlog, ipv6Only } = listen;
  if (listen.ssl && certificates === undefined) throw new Error('TLS without a certificate');
  const server =
    listen.ssl && certificates !== undefined
      ? createTlsServer(options, certificates, handle)
      : { plain: http.createServer(options, handle), release: (): void => undefined };
  const { plain } = server;
  if ('path' in address) await clearSocketFile(address.path, option);
  plain.listen({ ...address, backlog, ipv6Only });
  try {
    await once(plain, 'listening');
  } catch (error) {
    server.release();
    throw refusal(listen, option, error as NodeJS.ErrnoException);
  }
  if ('path' in address) chmodSync(address.path, SOCKET_MODE);
  return {
    server: plain,
    listen: withPort(listen, plain),
    release() {
      server.release();
      if ('path' in address) removeSocketFile(address.path);
    },
  };
}

function createTlsServer(
  options: ServerOptions,
  certificates: ServerCertificates,
  handle: RequestListener,
): { readonly plain: Server; release(): void } {
  const server = https.createServer(
    { ...options, ...certificates.options, handshakeTimeout: LONGEST_HANDSHAKE },
    handle,
  );
  const release = certificates.onChange(() => server.setSecureContext(certificates.options));
  return { plain: server, release };
}
