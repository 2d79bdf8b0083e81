import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

/** One piece of a body. */
const PIECE = Buffer.alloc(64 * 1024, 'x');

/** A body of so many bytes that is made as it is read. */
export function bodyOf(bytes: number): Readable {
  return Readable.from(pieces(bytes), { objectMode: false, highWaterMark: PIECE.length });
}

function* pieces(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= PIECE.length) {
    yield left < PIECE.length ? PIECE.subarray(0, left) : PIECE;
  }
}

export interface StreamOrigin {
  readonly server: Server;
  readonly port: number;
}

/** A service that sends as much as the path says, and counts what is sent to it. */
export async function startStreamOrigin(): Promise<StreamOrigin> {
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      const bytes = Number(request.url?.slice(1));
      response.setHeader('Content-Length', bytes);
      bodyOf(bytes).pipe(response);
      return;
    }
    let taken = 0;
    request.on('data', (chunk: Buffer) => (taken += chunk.length));
    request.on('end', () => response.end(String(taken)));
  });
  server.requestTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}
