import type { IncomingMessage } from 'node:http';
import { AdminError } from '../endpoint.ts';

/** Largest body, bytes. */
export const LARGEST_BODY = 10 * 1024 * 1024;

/**
 * Reads the whole body.
 *
 * @throws AdminError 413 when it is too large, 400 when the client broke it off
 */
export async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  if (Number(incoming.headers['content-length']) > LARGEST_BODY) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    // Left open when this ends early, so that the answer can still be sent.
    for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
      length += (chunk as Buffer).length;
      if (length > LARGEST_BODY) throw tooLarge();
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    if (error instanceof AdminError) throw error;
    throw new AdminError(400, { message: 'the body was broken off' });
  }
  return Buffer.concat(chunks, length);
}

function tooLarge(): AdminError {
  const message = 'Payload too large: a body may have 10 MiB at most';
  // What is left of the body is not worth reading to keep the connection.
  return new AdminError(413, { message }, { Connection: 'close' });
}
