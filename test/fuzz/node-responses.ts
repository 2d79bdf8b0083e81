import { request, type IncomingMessage } from 'node:http';
import { MemorySocket, settled } from './memory-socket.ts';
import { pairs } from './node-requests.ts';
import type { Read, Reading } from './reading.ts';

/** Lets Node's own client read the response to one request; it is as strict as it is by default. */
export async function readResponsesAsNode(
  method: string,
  pieces: readonly Buffer[],
): Promise<Reading> {
  const reading: Reading = { messages: [], end: 'open' };
  const socket = new MemorySocket();
  let answer: IncomingMessage | null = null;
  const body: Buffer[] = [];
  socket.on('error', () => undefined);
  const client = request({
    method,
    createConnection: () => socket,
    maxHeaderSize: 1 << 20,
    insecureHTTPParser: false,
  });
  client.maxHeadersCount = 0;
  client.on('information', (info) => {
    reading.messages.push(toRead(info.statusCode, info.statusMessage, info.httpVersionMinor, info));
  });
  client.on('response', (response: IncomingMessage) => {
    answer = response;
    const { statusCode, statusMessage, httpVersionMinor } = response;
    reading.messages.push(toRead(statusCode!, statusMessage!, httpVersionMinor, response));
    response.on('data', (piece: Buffer) => body.push(piece));
    response.on('error', () => undefined);
  });
  client.on('error', (error: Error & { code?: string; reason?: string }) => {
    if (reading.end !== 'open') return;
    reading.end = 'refused';
    reading.reason = `${error.code} ${error.reason ?? ''}`;
  });
  client.end();
  const progress = (): number =>
    reading.messages.length +
    body.length +
    (answer?.complete ? 1 : 0) +
    (reading.end === 'open' ? 0 : 1);
  await settled(progress);
  for (const piece of pieces) socket.push(piece);
  await settled(progress);
  socket.push(null);
  await settled(progress);
  finish(reading, answer, body);
  socket.destroy();
  return reading;
}

function finish(reading: Reading, answer: IncomingMessage | null, body: Buffer[]): void {
  const message = reading.messages.at(-1);
  if (answer === null || message === undefined) {
    if (reading.end === 'open') reading.end = 'refused';
    return;
  }
  message.body = Buffer.concat(body);
  message.complete = answer.complete;
  message.trailers = pairs(answer.rawTrailers);
  if (reading.end === 'open') reading.end = answer.complete ? 'closed' : 'refused';
}

function toRead(
  status: number,
  reason: string,
  minor: number,
  head: { rawHeaders: string[] },
): Read {
  return {
    first: String(status),
    second: reason,
    minor,
    fields: pairs(head.rawHeaders),
    body: Buffer.alloc(0),
    complete: status < 200,
    trailers: [],
  };
}
