/**
 * `multipart/form-data` (RFC 7578) as far as plugins need it: values of named fields, and the body
 * without one of them. Works on latin1 strings, so that every byte survives.
 */

/** The boundary that a Content-Type names, or undefined. */
export function boundaryOf(contentType: string): string | undefined {
  const match = /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType);
  return match?.[1] ?? match?.[2];
}

/** Every field that has a name, with its value, both decoded as UTF-8; files count as well. */
export function* multipartPairs(
  body: string,
  boundary: string,
): Generator<[name: string, value: string]> {
  for (const { name, content, end } of partsOf(body, boundary)) {
    if (name === undefined) continue;
    yield [name, Buffer.from(body.slice(content, end), 'latin1').toString('utf8')];
  }
}

/** Values of a field, decoded as UTF-8. Parts that carry a file count as well. */
export function multipartValues(body: string, boundary: string, name: string): string[] {
  const values: string[] = [];
  for (const part of partsOf(body, boundary)) {
    if (part.name === name) {
      values.push(Buffer.from(body.slice(part.content, part.end), 'latin1').toString('utf8'));
    }
  }
  return values;
}

/** The body without the parts of a field; every other byte stays as it is. */
export function withoutPart(body: string, boundary: string, name: string): string {
  let kept = '';
  let from = 0;
  for (const part of partsOf(body, boundary)) {
    if (part.name !== name) continue;
    kept += body.slice(from, part.start);
    from = part.next;
  }
  return kept + body.slice(from);
}

/** Where a part lies in the body. */
export interface Part {
  readonly name: string | undefined;
  /** First character of its delimiter line. */
  readonly start: number;
  /** First character of its content, and the one after the last. */
  readonly content: number;
  readonly end: number;
  /** First character of the delimiter line that follows. */
  readonly next: number;
}

/** The parts of a body in order; what has no end is none. */
export function* partsOf(body: string, boundary: string): Generator<Part> {
  const delimiter = `--${boundary}`;
  let start = findDelimiter(body, delimiter, 0);
  let blank = 0;
  while (start >= 0 && !body.startsWith('--', start + delimiter.length)) {
    const endOfLine = body.indexOf('\r\n', start + delimiter.length);
    const next = endOfLine < 0 ? -1 : findDelimiter(body, delimiter, endOfLine + 2);
    // Cut short: what has no end is no part.
    if (next < 0) return;
    // The blank line may follow at once, when a part has no head. One that lies further on is looked
    // for once, not once for each part before it.
    if (blank < endOfLine) blank = body.indexOf('\r\n\r\n', endOfLine);
    if (blank < 0) return;
    if (blank + 4 <= next) {
      const name = fieldName(body.slice(endOfLine, blank));
      yield { name, start, content: blank + 4, end: Math.max(next - 2, blank + 4), next };
    }
    start = next;
  }
}

/** Where the next delimiter line begins, or -1. Text that merely begins like one is content. */
function findDelimiter(body: string, delimiter: string, from: number): number {
  for (let at = body.indexOf(delimiter, from); at >= 0; at = body.indexOf(delimiter, at + 1)) {
    const startsLine = at === 0 || body.startsWith('\r\n', at - 2);
    const rest = at + delimiter.length;
    if (startsLine && (body.startsWith('--', rest) || /[\r \t]/.test(body[rest] ?? ''))) return at;
  }
  return -1;
}

/** The `name` of a part's Content-Disposition. */
function fieldName(head: string): string | undefined {
  const disposition = /^content-disposition:[^\r\n]*/im.exec(head)?.[0];
  const match = disposition && /;\s*name=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i.exec(disposition);
  if (!match) return undefined;
  const raw = match[1]?.replace(/\\(.)/g, '$1') ?? match[2] ?? '';
  return Buffer.from(raw, 'latin1').toString('utf8');
}
