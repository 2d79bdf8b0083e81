import { unusedPort } from '../../../test/support/unused-port.ts';
import { startBackend } from '../backend.ts';
import { siteDocument } from '../documents.ts';
import type { Load } from '../load.ts';
import { proxySite, startNginx } from '../nginx.ts';
import type { Driven } from '../rounds.ts';
import { BASE, type Goal } from '../scenario.ts';
import { problemsOf, runWrk } from '../wrk.ts';
import { type KeyType, makeCertificate } from './certificate.ts';
import { driveH2load } from './drive-h2load.ts';
import { driveHandshakes } from './drive-handshakes.ts';
import { driveWebSockets } from './drive-web-sockets.ts';
import {
  type EdgeArena,
  type EdgeServer,
  nginxCertificate,
  nginxServer,
  programServer,
  sluiceCertificate,
  sluiceServer,
  startWebSocketEcho,
} from './servers.ts';

/** What is done again and again. */
export type Unit = 'request' | 'handshake' | 'call' | 'message';

/** One kind of traffic at the edge. */
export interface EdgeScenario {
  readonly name: string;
  readonly title: string;
  readonly unit: Unit;
  readonly goal: Goal;
  /** Starts all that take part. */
  start(arena: EdgeArena): Promise<EdgeServer[]>;
  /** Puts one of them under load. */
  drive(arena: EdgeArena, server: EdgeServer, seconds: number): Promise<Driven>;
}

const CONNECTIONS = 64;

/** Name of the least proxy that Node itself makes of HTTP/2. */
export const BARE = 'bare node:http2';

const path = '/api/orders/1234';
const load: Load = { path, paths: 1, bodyBytes: 0, connections: CONNECTIONS };

/** A message of gRPC: not compressed, 64 bytes. */
const grpcMessage = Buffer.concat([Buffer.from([0, 0, 0, 0, 64]), Buffer.alloc(64, 'x')]);

/** Both servers with TLS in front of the same backend. */
async function startWithTls(
  arena: EdgeArena,
  type: KeyType,
  listen: string,
): Promise<EdgeServer[]> {
  const { session, cores } = arena;
  const backend = await startBackend(session, { core: cores.load, port: 0 });
  const certificate = await makeCertificate(session, type);
  const { http = [], server } = proxySite(backend.port);
  return [
    await nginxServer(arena, {
      listen,
      http,
      server: [...nginxCertificate(certificate), ...server],
    }),
    await sluiceServer(arena, {
      listen,
      document: siteDocument({ port: backend.port, routes: 1, path: '/api' }),
      flags: sluiceCertificate(certificate),
    }),
  ];
}

function handshakes(type: KeyType, title: string, atMost: number): EdgeScenario {
  return {
    name: `handshakes-${type}`,
    title,
    unit: 'handshake',
    goal: { atMost, of: BASE },
    start: (arena) => startWithTls(arena, type, 'ssl'),
    drive: ({ session, cores }, { port }, seconds) =>
      driveHandshakes(session, port, seconds, cores.load),
  };
}

export const edgeScenarios: readonly EdgeScenario[] = [
  {
    name: 'tls',
    title: 'TLS, kept connections',
    unit: 'request',
    goal: { atMost: 1.4, of: BASE },
    start: (arena) => startWithTls(arena, 'ecdsa', 'ssl'),
    async drive({ session, cores }, { port }, seconds) {
      const url = `https://127.0.0.1:${port}`;
      const report = await runWrk(session, url, load, seconds, cores.load);
      const { requests, durationMicros, p50, p99 } = report;
      return { requests, seconds: durationMicros / 1e6, p50, p99, problems: problemsOf(report, 1) };
    },
  },
  // So many of the handshakes of nginx with one core: half, and seven tenths.
  handshakes('ecdsa', 'Full handshakes, ECDSA P-256', 2),
  handshakes('rsa', 'Full handshakes, RSA 2048', 1 / 0.7),
  {
    name: 'http2',
    title: 'HTTP/2 with TLS, kept connections',
    unit: 'request',
    goal: { atMost: 3, of: BASE },
    start: (arena) => startWithTls(arena, 'ecdsa', 'ssl http2'),
    drive: ({ session, cores }, { port }, seconds) =>
      driveH2load(
        session,
        port,
        { scheme: 'https', path, connections: CONNECTIONS, streams: 4 },
        seconds,
        cores.load,
      ),
  },
  {
    name: 'grpc',
    title: 'gRPC, one message each way',
    unit: 'call',
    goal: { atMost: 1.2, of: BARE },
    start: startGrpc,
    drive: ({ session, cores }, { port }, seconds) =>
      driveH2load(
        session,
        port,
        {
          scheme: 'http',
          path: '/bench.Echo/Unary',
          connections: CONNECTIONS / 4,
          streams: 8,
          headers: { 'content-type': 'application/grpc', te: 'trailers' },
          body: grpcMessage,
        },
        seconds,
        cores.load,
      ),
  },
  {
    name: 'websocket',
    title: 'Messages in WebSockets, there and back',
    unit: 'message',
    // Eight tenths of the messages of nginx with one core.
    goal: { atMost: 1 / 0.8, of: BASE },
    start: startWebSockets,
    drive: ({ session, cores }, { port }, seconds) =>
      driveWebSockets(session, port, CONNECTIONS, seconds, cores.load),
  },
];

async function startGrpc(arena: EdgeArena): Promise<EdgeServer[]> {
  const { session, cores } = arena;
  const sink = await unusedPort();
  const answer = `return 200 "${'x'.repeat(grpcMessage.length)}";`;
  const backend = await startNginx(session, {
    name: 'backend',
    core: cores.load,
    listen: 'http2',
    http: [
      'http2_max_concurrent_streams 10000;',
      `server { listen 127.0.0.1:${sink}; default_type application/grpc; ${answer} }`,
      `upstream sink { server 127.0.0.1:${sink}; keepalive 64; keepalive_requests 1000000000; }`,
    ],
    // `return` alone would answer before the body has come, and break the rest off.
    server: [
      'location / {',
      'add_trailer grpc-status 0;',
      'proxy_pass http://sink;',
      'proxy_http_version 1.1;',
      'proxy_set_header Connection "";',
      'proxy_pass_request_body off;',
      'proxy_set_header Content-Length "";',
      '}',
    ],
  });
  const service = {
    name: 'echo',
    protocol: 'grpc',
    host: '127.0.0.1',
    port: backend.port,
    routes: [{ name: 'echo', protocols: ['grpc'], paths: ['/bench.Echo/'] }],
  };
  return [
    await nginxServer(arena, {
      listen: 'http2',
      http: [
        'http2_max_concurrent_streams 10000;',
        `upstream backend { server 127.0.0.1:${backend.port}; keepalive 512; keepalive_requests 1000000000; }`,
      ],
      server: ['location / { grpc_pass grpc://backend; }'],
    }),
    await programServer(session, BARE, 'bare-http2-proxy.ts', cores.proxy, String(backend.port)),
    await sluiceServer(arena, {
      listen: 'http2',
      document: { _format_version: '3.0', services: [service] },
    }),
  ];
}

async function startWebSockets(arena: EdgeArena): Promise<EdgeServer[]> {
  const { session, cores } = arena;
  const echo = await startWebSocketEcho(session, cores.load);
  return [
    await nginxServer(arena, {
      server: [
        'location / {',
        `proxy_pass http://127.0.0.1:${echo.port};`,
        'proxy_http_version 1.1;',
        'proxy_set_header Connection upgrade;',
        'proxy_set_header Upgrade $http_upgrade;',
        '}',
      ],
    }),
    await sluiceServer(arena, {
      document: siteDocument({ port: echo.port, routes: 1, path: '/' }),
    }),
  ];
}
