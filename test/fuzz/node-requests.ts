import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { MemorySocket, settled } from './memory-socket.ts';
import type { Reading } from './reading.ts';

interface Observed {
  readonly reading: Reading;
  /** What belongs to each message of the reading. */
  readonly requests: { readonly request: IncomingMessage; readonly pieces: Buffer[] }[];
}

const observed = new WeakMap<object, Observed>();

const server = createServer({ maxHeaderSize: 1 << 20, insecureHTTPParser: false });
server.maxHeadersCount = 0;
server.timeout = server.headersTimeout = server.requestTimeout = server.keepAliveTimeout = 0;
server.on('request', take);
server.on('checkContinue', take);
server.on('clientError', (error: Error & { code?: string; reason?: string }, socket) => {
  const found = observed.get(socket);
  if (found === undefined || found.reading.end !== 'open') return;
  found.reading.end = 'refused';
  found.reading.reason = `${error.code} ${error.reason ?? ''}`;
  // The socket lives on: what was read before the error still has to be delivered.
});

function take(request: IncomingMessage, response: ServerResponse): void {
  const { reading, requests } = observed.get(request.socket)!;
  reading.messages.push({
    first: request.method!,
    second: request.url!,
    minor: request.httpVersionMinor,
    fields: pairs(request.rawHeaders),
    body: Buffer.alloc(0),
    complete: false,
    trailers: [],
  });
  const pieces: Buffer[] = [];
  requests.push({ request, pieces });
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => response.end());
  request.on('error', () => undefined);
}

export function pairs(raw: readonly string[]): [string, string][] {
  const result: [string, string][] = [];
  for (let i = 0; i < raw.length; i += 2) result.push([raw[i]!.toLowerCase(), raw[i + 1]!]);
  return result;
}

/** Lets Node's own server read the bytes; it is as strict as it is by default. */
export async function readAsNode(pieces: readonly Buffer[]): Promise<Reading> {
  const socket = new MemorySocket();
  const found: Observed = { reading: { messages: [], end: 'open' }, requests: [] };
  observed.set(socket, found);
  socket.on('error', () => undefined);
  server.emit('connection', socket);
  for (const piece of pieces) socket.push(piece);
  await settled(() => progress(found));
  if (socket.destroyed && found.reading.end === 'open') found.reading.end = 'closed';
  for (const [index, { request, pieces: body }] of found.requests.entries()) {
    const message = found.reading.messages[index]!;
    message.body = Buffer.concat(body);
    message.complete = request.complete;
    message.trailers = pairs(request.rawTrailers);
  }
  socket.destroy();
  return found.reading;
}

function progress({ reading, requests }: Observed): number {
  let sum = reading.end === 'open' ? 0 : 1;
  for (const { request, pieces } of requests) sum += 1 + pieces.length + (request.complete ? 1 : 0);
  return sum;
}
