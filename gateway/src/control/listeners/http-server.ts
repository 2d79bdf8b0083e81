import http, { type RequestListener, type ServerOptions } from 'node:http';
import http2, { type ServerHttp2Session } from 'node:http2';
import https from 'node:https';
import type { Server as SocketServer } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type { Listen } from '../../settings/node-settings.ts';
import type { ServerCertificates } from '../tls/server-certificates.ts';

/** Bounds a handshake, ms. */
const LONGEST_HANDSHAKE = 10_000;

/** Requests at once on one connection of HTTP/2. */
const MOST_STREAMS = 100;
/** Then a connection of HTTP/2 is closed on which nothing moves, ms. */
const LONGEST_SILENCE = 65_000;

/** A server of HTTP that does not listen yet, or takes connections that others have accepted. */
export interface HttpServer {
  readonly server: SocketServer;
  /** Ends connections on which nothing is asked. */
  closeIdle(): void;
  /** Certificates are followed no more. */
  release(): void;
}

interface Parts {
  readonly options?: ServerOptions;
  readonly certificates?: ServerCertificates | undefined;
  readonly handle: RequestListener;
}

/** @throws Error when it is to take TLS and there are no certificates */
export function createHttpServer(
  { ssl, http2: both }: Listen,
  { options = {}, certificates, handle }: Parts,
): HttpServer {
  if (!ssl) {
    const server = http.createServer(options, handle);
    return { server, closeIdle: () => server.closeIdleConnections(), release: () => undefined };
  }
  if (certificates === undefined) throw new Error('TLS without a certificate');
  const secure = { ...options, ...certificates.options, handshakeTimeout: LONGEST_HANDSHAKE };
  if (both) {
    const server = createBoth(secure, handle);
    return { ...server, release: following(certificates, server.server) };
  }
  const server = https.createServer(secure, handle);
  return {
    server,
    closeIdle: () => server.closeIdleConnections(),
    release: following(certificates, server),
  };
}

function following(
  certificates: ServerCertificates,
  server: { setSecureContext(options: SecureContextOptions): void },
): () => void {
  return certificates.onChange(() => server.setSecureContext(certificates.options));
}

/** HTTP/2 where the client offers it, else HTTP/1.1; `handle` need not know which. */
function createBoth(
  secure: https.ServerOptions,
  handle: RequestListener,
): { readonly server: http2.Http2SecureServer; closeIdle(): void } {
  const sessions = new Set<ServerHttp2Session>();
  const server = http2.createSecureServer({
    ...secure,
    allowHTTP1: true,
    settings: { maxConcurrentStreams: MOST_STREAMS },
  });
  server.setTimeout(LONGEST_SILENCE);
  // Requests and responses of HTTP/2 offer what those of HTTP/1.1 do.
  server.on('request', handle as unknown as Parameters<typeof server.on<'request'>>[1]);
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  return {
    server,
    closeIdle() {
      for (const session of sessions) session.close();
    },
  };
}
