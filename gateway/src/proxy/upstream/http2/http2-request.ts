import { CONNECTION_FIELDS } from '../../http2/connection-fields.ts';
import { compressLines } from '../../http2/field-lines.ts';
import type { HpackEncoder } from '../../http2/hpack-encoder.ts';
import { STATIC_LINES } from '../../http2/static-table.ts';

/** Lines that a request of HTTP/2 leaves out: it names its host in another way. */
const LEFT_OUT: ReadonlySet<string> = new Set([...CONNECTION_FIELDS, 'host', 'http2-settings']);

/**
 * Compresses the head of a request that was put together for HTTP/1.1: request line, `Host`, further
 * lines, and the empty one.
 */
export function requestBlock(
  encoder: HpackEncoder,
  head: string,
  scheme: 'http' | 'https',
): string {
  const lineEnd = head.indexOf('\r\n');
  const methodEnd = head.indexOf(' ');
  const hostEnd = head.indexOf('\r\n', lineEnd + 2);
  let block = encoder.begin();
  block += pseudo(encoder, ':method', head.slice(0, methodEnd));
  block += pseudo(encoder, ':scheme', scheme);
  block += pseudo(encoder, ':authority', head.slice(lineEnd + 2 + 'Host: '.length, hostEnd));
  block += pseudo(encoder, ':path', head.slice(methodEnd + 1, lineEnd - ' HTTP/1.1'.length));
  return block + compressLines(encoder, head, hostEnd + 2, passes);
}

/** Compresses the fields behind a request's body. @param lines each ending in CRLF */
export function trailerBlock(encoder: HpackEncoder, lines: string): string {
  return encoder.begin() + compressLines(encoder, lines, 0, passes);
}

function passes(name: string, value: string): boolean {
  if (LEFT_OUT.has(name)) return false;
  return name !== 'te' || value.toLowerCase() === 'trailers';
}

function pseudo(encoder: HpackEncoder, name: string, value: string): string {
  const line = `${name}: ${value}`;
  const index = STATIC_LINES.get(line);
  if (index !== undefined) return String.fromCharCode(0x80 | index);
  return encoder.line(line) ?? encoder.field(name, value, line);
}
