import http2 from 'node:http2';
import type { Fields, ResponseHead } from '../support/http-message.ts';
import type { Response } from '../support/raw-client.ts';
import { within } from '../support/until.ts';
import { pattern, queryOf } from './pattern.ts';
import type { Asked } from './site.ts';

type Headers = http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader;

/** A request under way in a session of HTTP/2. */
export interface Http2Asking {
  readonly stream: http2.ClientHttp2Stream;
  /** What came of it, cut short or not; rejects when not even a head came. */
  readonly response: Promise<Response>;
}

/** Sends a request with its body and trailer, if it has any. */
export function askOverHttp2(
  session: http2.ClientHttp2Session,
  asked: Asked,
  fields: Readonly<Record<string, string>> = {},
): Http2Asking {
  const { method, path, wish, upload = null, trailer = '' } = asked;
  const stream = session.request(
    { ':method': method, ':path': path + queryOf(wish), ':authority': 'soak.test', ...fields },
    { endStream: upload === null, waitForTrailers: trailer !== '' },
  );
  stream.on('wantTrailers', () => stream.sendTrailers({ 'x-trailer': trailer }));
  if (upload !== null) stream.end(pattern(wish.id, upload));
  const response = within(`the answer to ${wish.id} over HTTP/2`, responseOf(stream));
  // Who cancels a request need not wait for it.
  response.catch(() => undefined);
  return { stream, response };
}

async function responseOf(stream: http2.ClientHttp2Stream): Promise<Response> {
  const interim: ResponseHead[] = [];
  const pieces: Buffer[] = [];
  let head: ResponseHead | null = null;
  let ended = false;
  let failure: unknown = new Error('the stream ended without a response');
  stream.on('headers', (headers) => interim.push(headOf(headers)));
  stream.on('response', (headers) => (head = headOf(headers)));
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  stream.on('end', () => (ended = true));
  stream.on('error', (error) => (failure = error));
  await new Promise<void>((resolve) => stream.once('close', () => resolve()));
  if (head === null) throw failure;
  const complete = ended && stream.rstCode === http2.constants.NGHTTP2_NO_ERROR;
  const bytes = Buffer.concat(pieces);
  const body = { bytes, trailers: [], complete, chunks: [] };
  return { ...(head as ResponseHead), body, text: bytes.toString('latin1'), interim };
}

function headOf(headers: Headers): ResponseHead {
  const fields: Fields = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return { version: '2', status: headers[':status'] ?? 0, reason: '', fields };
}
