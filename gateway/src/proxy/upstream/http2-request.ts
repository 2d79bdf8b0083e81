import { withoutPadding } from '../../plugin/padding.ts';
import { CONNECTION_FIELDS } from '../http2/connection-fields.ts';
import type { HpackEncoder } from '../http2/hpack-encoder.ts';
import { STATIC_LINES } from '../http2/static-table.ts';

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
  return block + fieldLines(encoder, head, hostEnd + 2);
}

/** Compresses the fields behind a request's body. @param lines each ending in CRLF */
export function trailerBlock(encoder: HpackEncoder, lines: string): string {
  return encoder.begin() + fieldLines(encoder, lines, 0);
}

function fieldLines(encoder: HpackEncoder, text: string, from: number): string {
  let block = '';
  let start = from;
  while (true) {
    const end = text.indexOf('\r\n', start);
    if (end === -1 || end === start) return block;
    const line = text.slice(start, end);
    block += encoder.line(line) ?? field(encoder, line);
    start = end + 2;
  }
}

function field(encoder: HpackEncoder, line: string): string {
  const colon = line.indexOf(':');
  const name = line.slice(0, colon).toLowerCase();
  if (LEFT_OUT.has(name)) return '';
  const value = withoutPadding(line.slice(colon + 1));
  if (name === 'te' && value.toLowerCase() !== 'trailers') return '';
  return encoder.field(name, value, line);
}

function pseudo(encoder: HpackEncoder, name: string, value: string): string {
  const line = `${name}: ${value}`;
  const index = STATIC_LINES.get(line);
  if (index !== undefined) return String.fromCharCode(0x80 | index);
  return encoder.line(line) ?? encoder.field(name, value, line);
}
