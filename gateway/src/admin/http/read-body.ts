import type { IncomingMessage } from 'node:http';
import { AdminError } from '../endpoint.ts';

/** Largest body, bytes. */
export const LARGEST_BODY = 10 * 1024 * 1024;

/**
 * How much of a body that is refused is read and thrown away, bytes: whoever is still sending would
 * not get to see the answer if the connection was closed.
 */
const MOST_DISCARDED = 64 * 1024 * 1024;

/**
 * Reads the whole body.
 *
 * @throws AdminError 413 when it is too large, 400 when the client broke it off
 */
export async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  if (Number(incoming.headers['content-length']) > MOST_DISCARDED) throw tooLarge();
  let chunks: Buffer[] = [];
  let length = 0;
  try {
    // Left open when this ends early, so that the answer can still be sent.
    for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
      length += (chunk as Buffer).length;
      if (length <= LARGEST_BODY) chunks.push(chunk as Buffer);
      else chunks = [];
      if (length > MOST_DISCARDED) throw tooLarge();
    }
  } catch (error) {
    if (error instanceof AdminError) throw error;
    throw new AdminError(400, { message: 'the body was broken off' });
  }
  if (length > LARGEST_BODY) throw tooLarge();
  return Buffer.concat(chunks, length);
}

function tooLarge(): AdminError {
  const message = 'Payload too large: a body may have 10 MiB at most';
  // What may be left of the body is not worth reading to keep the connection.
  return new AdminError(413, { message }, { Connection: 'close' });
}
