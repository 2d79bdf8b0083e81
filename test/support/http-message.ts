import { ConnectionEnded, ProtocolViolation, show, type ByteStream } from './byte-stream.ts';

export type Fields = readonly (readonly [string, string])[];

export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly fields: Fields;
}

export interface ResponseHead {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  readonly fields: Fields;
}

export interface Body {
  readonly bytes: Buffer;
  readonly trailers: Fields;
  /** Whether the body came to its end as its framing says. */
  readonly complete: boolean;
  /** Sizes of the chunks as they were framed; empty without chunked coding. */
  readonly chunks: readonly number[];
}

export type Framing =
  { kind: 'none' } | { kind: 'length'; length: number } | { kind: 'chunked' } | { kind: 'close' };

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// eslint-disable-next-line no-control-regex -- which control characters are refused is the point
const forbiddenInValue = /[\0-\x08\x0a-\x1f\x7f]/;

/** The first value of a field, by its name in any case. */
export function field(head: { fields: Fields }, name: string): string | undefined {
  return head.fields.find(([other]) => other.toLowerCase() === name.toLowerCase())?.[1];
}

/** Every value of a field, by its name in any case. */
export function fieldValues(head: { fields: Fields }, name: string): string[] {
  return head.fields
    .filter(([other]) => other.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value);
}

/** Reads a request head as strictly as RFC 9112 lets a sender be; `null` when no further one comes. */
export async function readRequestHead(stream: ByteStream): Promise<RequestHead | null> {
  const line = await readFirstLine(stream, 'a request line');
  if (line === null) return null;
  const match = /^([^ ]+) ([^ ]+) HTTP\/(\d\.\d)$/.exec(line);
  if (!match || !token.test(match[1]!)) throw new ProtocolViolation(`request line ${show(line)}`);
  const [, method = '', target = '', version = ''] = match;
  return { method, target, version, fields: await readFields(stream, 'the request head') };
}

/** Reads a response head; `null` when the connection ends before its first byte. */
export async function readResponseHead(stream: ByteStream): Promise<ResponseHead | null> {
  const line = await readFirstLine(stream, 'a status line');
  if (line === null) return null;
  const match = /^HTTP\/(\d\.\d) (\d{3}) ([\t -~\x80-\xff]*)$/.exec(line);
  if (!match) throw new ProtocolViolation(`status line ${show(line)}`);
  const [, version = '', status = '', reason = ''] = match;
  const fields = await readFields(stream, 'the response head');
  return { version, status: Number(status), reason, fields };
}

async function readFirstLine(stream: ByteStream, what: string): Promise<string | null> {
  try {
    return await stream.readLine(what);
  } catch (error) {
    if (error instanceof ConnectionEnded && error.partial.length === 0) return null;
    throw error;
  }
}

async function readFields(stream: ByteStream, what: string): Promise<Fields> {
  const fields: [string, string][] = [];
  for (;;) {
    const line = await stream.readLine(what);
    if (line === '') return fields;
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    if (colon < 1 || !token.test(name)) throw new ProtocolViolation(`field line ${show(line)}`);
    const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '');
    if (forbiddenInValue.test(value)) throw new ProtocolViolation(`field value ${show(line)}`);
    fields.push([name, value]);
  }
}

export function requestFraming(head: RequestHead): Framing {
  return declaredFraming(head.fields) ?? { kind: 'none' };
}

/** @param method of the request that this response answers. */
export function responseFraming(head: ResponseHead, method: string): Framing {
  const declared = declaredFraming(head.fields);
  const bodiless = head.status < 200 || head.status === 204;
  if (bodiless && declared !== null) {
    throw new ProtocolViolation(`a ${head.status} response declares a body`);
  }
  if (bodiless || head.status === 304 || method === 'HEAD') return { kind: 'none' };
  return declared ?? { kind: 'close' };
}

function declaredFraming(fields: Fields): Framing | null {
  const codings = fieldValues({ fields }, 'transfer-encoding');
  const lengths = fieldValues({ fields }, 'content-length');
  if (codings.length > 0 && lengths.length > 0) {
    throw new ProtocolViolation('both Transfer-Encoding and Content-Length');
  }
  if (codings.length > 0) {
    if (codings.length > 1 || codings[0]!.toLowerCase() !== 'chunked') {
      throw new ProtocolViolation(`Transfer-Encoding ${show(codings.join(' | '))}`);
    }
    return { kind: 'chunked' };
  }
  if (lengths.length === 0) return null;
  if (lengths.length > 1 || !/^\d+$/.test(lengths[0]!)) {
    throw new ProtocolViolation(`Content-Length ${show(lengths.join(' | '))}`);
  }
  return { kind: 'length', length: Number(lengths[0]) };
}

/** Reads a body to its end, or to where the connection was cut. */
export async function readBody(stream: ByteStream, framing: Framing): Promise<Body> {
  const whole = (bytes: Buffer): Body => ({ bytes, trailers: [], complete: true, chunks: [] });
  switch (framing.kind) {
    case 'none':
      return whole(Buffer.alloc(0));
    case 'close': {
      const bytes = await stream.readToEnd('a body that ends with the connection');
      return { ...whole(bytes), complete: stream.ending === 'closed' };
    }
    case 'length':
      try {
        return whole(await stream.readBytes(framing.length, 'a body with Content-Length'));
      } catch (error) {
        if (!(error instanceof ConnectionEnded)) throw error;
        return { ...whole(error.partial), complete: false };
      }
    case 'chunked':
      return readChunked(stream);
  }
}

async function readChunked(stream: ByteStream): Promise<Body> {
  const parts: Buffer[] = [];
  const chunks: number[] = [];
  try {
    for (;;) {
      const line = await stream.readLine('a chunk size');
      // Extensions are legal, but a gateway that makes its own chunks has none to send.
      if (!/^[0-9A-Fa-f]+$/.test(line)) throw new ProtocolViolation(`chunk size ${show(line)}`);
      const size = Number.parseInt(line, 16);
      if (size === 0) break;
      parts.push(await stream.readBytes(size, 'a chunk'));
      chunks.push(size);
      const end = await stream.readBytes(2, 'the end of a chunk');
      if (end.toString('latin1') !== '\r\n') throw new ProtocolViolation(`chunk end ${show(end)}`);
    }
    const trailers = await readFields(stream, 'trailers');
    return { bytes: Buffer.concat(parts), trailers, complete: true, chunks };
  } catch (error) {
    if (!(error instanceof ConnectionEnded)) throw error;
    return {
      bytes: Buffer.concat([...parts, error.partial]),
      trailers: [],
      complete: false,
      chunks,
    };
  }
}
