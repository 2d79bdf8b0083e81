import { withoutPadding } from '../../plugin/padding.ts';
import type { HpackEncoder } from './hpack-encoder.ts';

/**
 * Compresses field lines as HTTP/1.1 has them, each ending in CRLF, up to an empty one or the end.
 *
 * @param passes whether a field goes along; asked with its name in lower case, and only for lines that
 *   the encoder has not met of late
 */
export function compressLines(
  encoder: HpackEncoder,
  text: string,
  from: number,
  passes: (name: string, value: string) => boolean,
): string {
  let block = '';
  let start = from;
  while (true) {
    const end = text.indexOf('\r\n', start);
    if (end === -1 || end === start) return block;
    const line = text.slice(start, end);
    block += encoder.line(line) ?? compressLine(encoder, line, passes);
    start = end + 2;
  }
}

function compressLine(
  encoder: HpackEncoder,
  line: string,
  passes: (name: string, value: string) => boolean,
): string {
  const colon = line.indexOf(':');
  const name = line.slice(0, colon).toLowerCase();
  const value = withoutPadding(line.slice(colon + 1));
  return passes(name, value) ? encoder.field(name, value, line) : '';
}
