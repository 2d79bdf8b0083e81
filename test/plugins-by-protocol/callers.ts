import assert from 'node:assert/strict';
import type { EventEmitter } from 'node:events';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import * as grpc from '@grpc/grpc-js';
import WebSocket from 'ws';
import { same } from '../grpc/bytes-method.ts';
import { ask, PROTOCOLS, type Protocol } from '../support/protocols.ts';
import { within } from '../support/until.ts';
import { grpcService, type Fields } from './mirror.ts';

/** What came of a request, whatever it was made with. */
export interface Outcome {
  /** In terms of HTTP; a request that passed has 200, a WebSocket that was opened too. */
  readonly status: number;
  /** What the client was told when it was refused; empty when the request passed. */
  readonly message: string;
  /** Fields that the client got, with the head or behind the answer. */
  readonly headers: Fields;
  /** Fields that the service saw; null when it saw nothing of the request. */
  readonly seen: Fields | null;
}

/** One way to make a request. */
export interface Caller {
  readonly name: string;
  /** As the access line tells it. */
  readonly httpVersion: string;
  readonly scheme: 'http' | 'https';
  /** Status of an access line of a request that passed. */
  readonly passed: number;
  /** Whether refusals come with a status of gRPC, and 200. */
  readonly grpc: boolean;
  /** The body of the request that `message` is sent with; null where there can be none. */
  readonly bodyOf: (message: Buffer) => Buffer | null;
  /** @param message sent along; without it whatever is least */
  call(
    ports: readonly number[],
    route: string,
    headers: Fields,
    message?: Buffer,
  ): Promise<Outcome>;
}

export const CALLERS: readonly Caller[] = [
  ...PROTOCOLS.map(byHttp),
  byGrpc('gRPC', 'http'),
  byGrpc('gRPC with TLS', 'https'),
  byWebSocket('WebSocket', 'http'),
  byWebSocket('WebSocket with TLS', 'https'),
];

function byHttp(protocol: Protocol): Caller {
  return {
    name: protocol,
    httpVersion: protocol.startsWith('h2') ? '2' : '1.1',
    scheme: protocol === 'HTTP/1.1' || protocol === 'h2c' ? 'http' : 'https',
    passed: 200,
    grpc: false,
    bodyOf: (message) => message,
    async call(ports, route, headers, message) {
      const sent = message === undefined ? {} : { method: 'POST', body: message };
      const asked = ask(protocol, ports, `/${route}`, { headers, ...sent });
      const answer = await within('the answer', asked);
      return outcomeOf(answer.status, answer.headers, await answer.text());
    },
  };
}

function outcomeOf(status: number, headers: IncomingHttpHeaders, body: string): Outcome {
  const fields = headers as Fields;
  if (status === 200) {
    return { status, message: '', headers: fields, seen: JSON.parse(body) as Fields };
  }
  return { status, message: messageIn(body), headers: fields, seen: null };
}

function messageIn(body: string): string {
  if (!body.startsWith('{')) return body;
  return (JSON.parse(body) as { readonly message?: string }).message ?? '';
}

function byWebSocket(name: string, scheme: 'http' | 'https'): Caller {
  return {
    name,
    httpVersion: '1.1',
    scheme,
    passed: 101,
    grpc: false,
    bodyOf: () => null,
    async call(ports, route, headers) {
      const [url, port] = scheme === 'http' ? ['ws', ports[0]] : ['wss', ports[1]];
      const socket = new WebSocket(`${url}://127.0.0.1:${port}/${route}`, {
        headers,
        rejectUnauthorized: false,
      });
      try {
        return await within('the WebSocket to open or not', opening(socket));
      } finally {
        socket.close();
      }
    },
  };
}

async function opening(socket: WebSocket): Promise<Outcome> {
  const answered = new Promise<IncomingMessage>((resolve) => {
    socket.on('upgrade', resolve);
    socket.on('unexpected-response', (_: ClientRequest, response) => resolve(response));
  });
  const told = new Promise<string>((resolve) => {
    socket.on('message', (data: Buffer) => resolve(data.toString()));
  });
  // It is closed before it was open where it is refused.
  socket.on('error', () => undefined);
  const response = await answered;
  const { statusCode = 0, headers } = response;
  if (statusCode !== 101) return outcomeOf(statusCode, headers, await text(response));
  return outcomeOf(200, headers, await told);
}

/** Statuses of HTTP whose answers a client of gRPC gets as these. */
const HTTP_STATUSES: ReadonlyMap<grpc.status, number> = new Map([
  [grpc.status.OK, 200],
  [grpc.status.INVALID_ARGUMENT, 400],
  [grpc.status.UNAUTHENTICATED, 401],
  [grpc.status.PERMISSION_DENIED, 403],
  [grpc.status.RESOURCE_EXHAUSTED, 429],
  [grpc.status.UNAVAILABLE, 503],
]);

function byGrpc(name: string, scheme: 'http' | 'https'): Caller {
  return {
    name,
    httpVersion: '2',
    scheme,
    passed: 200,
    grpc: true,
    bodyOf: framed,
    async call(ports, route, headers, message = Buffer.alloc(1)) {
      const port = scheme === 'http' ? ports[0] : ports[1];
      const credentials =
        scheme === 'http'
          ? grpc.credentials.createInsecure()
          : grpc.credentials.createSsl(null, null, null, { rejectUnauthorized: false });
      const client = new grpc.Client(`127.0.0.1:${port}`, credentials, {
        'grpc.ssl_target_name_override': 'gateway.test',
        'grpc.enable_retries': 0,
        // The library puts its own name behind it, and takes none from the metadata.
        ...(headers['user-agent'] && { 'grpc.primary_user_agent': headers['user-agent'] }),
      });
      try {
        const path = `/${grpcService(route)}/Ask`;
        return await within('the answer', calling(client, path, headers, message));
      } finally {
        client.close();
      }
    },
  };
}

/** A message of gRPC as it stands in a body: not compressed, its length, and itself. */
function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

async function calling(
  client: grpc.Client,
  path: string,
  headers: Fields,
  message: Buffer,
): Promise<Outcome> {
  const asked = new grpc.Metadata();
  for (const [name, value] of Object.entries(headers)) asked.set(name, value);
  const { promise, resolve } = Promise.withResolvers<Buffer | null>();
  const call = client.makeUnaryRequest(path, same, same, message, asked, {}, (_, reply) =>
    resolve(reply ?? null),
  );
  let got: object = {};
  call.on('metadata', (metadata: grpc.Metadata) => (got = metadata.getMap()));
  const { code, details, metadata } = await statusOf(call);
  const reply = await promise;
  const status = HTTP_STATUSES.get(code);
  assert.ok(status !== undefined, `an unexpected status of gRPC: ${code} ${details}`);
  return {
    status,
    message: code === grpc.status.OK ? '' : details,
    headers: { ...got, ...(metadata.getMap() as Fields) },
    seen: reply === null ? null : (JSON.parse(reply.toString()) as Fields),
  };
}

function statusOf(call: EventEmitter): Promise<grpc.StatusObject> {
  return new Promise((resolve) => call.once('status', resolve));
}
