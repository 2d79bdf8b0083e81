import type { BodyReader } from './body-reader.ts';
import type { ResponseHead } from './response-head.ts';

/** Prepares `reader` for the body behind a response's head. @param method of the request */
export function beginResponseBody(reader: BodyReader, head: ResponseHead, method: string): void {
  if (method === 'HEAD' || head.status === 204 || head.status === 304) reader.beginLength(0);
  else if (head.chunked) reader.beginChunked();
  else if (head.contentLength !== -1) reader.beginLength(head.contentLength);
  else reader.beginUntilClose();
}
