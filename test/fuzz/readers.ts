/** A request as one way of reading finds it. */
export interface FoundRequest {
  readonly method: string;
  /** Values by lower-case name; of a repeated field the last. */
  readonly fields: ReadonlyMap<string, string>;
  readonly body: string;
  /** The reading came to the end of the body. */
  readonly complete: boolean;
  /** Just past it in the text. */
  readonly end: number;
}

/** How to read what could be read in several ways. */
export interface Manner {
  readonly name: string;
  /** What ends a line. */
  readonly lineEnd: RegExp;
  /** Take what RFC 9112 forbids, as servers have done. */
  readonly lenient: boolean;
  /** Which of Content-Length and Transfer-Encoding decides when both are there. */
  readonly prefers: 'length' | 'coding' | 'neither';
}

export const STRICT: Manner = {
  name: 'strict',
  lineEnd: /\r\n/g,
  lenient: false,
  prefers: 'neither',
};

const CRLF_OR_LF = /\r?\n/g;
const ANY_END = /\r\n|\r|\n/g;

/** Readings of servers that were fooled before. */
export const LENIENT: readonly Manner[] = [
  { name: 'length first', lineEnd: /\r\n/g, lenient: true, prefers: 'length' },
  { name: 'coding first', lineEnd: /\r\n/g, lenient: true, prefers: 'coding' },
  { name: 'bare LF, length first', lineEnd: CRLF_OR_LF, lenient: true, prefers: 'length' },
  { name: 'bare LF, coding first', lineEnd: CRLF_OR_LF, lenient: true, prefers: 'coding' },
  { name: 'bare CR, length first', lineEnd: ANY_END, lenient: true, prefers: 'length' },
  { name: 'bare CR, coding first', lineEnd: ANY_END, lenient: true, prefers: 'coding' },
];

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const REQUEST_LINE = new RegExp(`^(${TOKEN}) ([^\\0- \\x7f]+) HTTP/1\\.(\\d)$`);
const FIELD_LINE = new RegExp(`^(${TOKEN}):[ \\t]*([\\t -~\\x80-\\xff]*?)[ \\t]*$`);
const LENIENT_FIELD = /^\s*([^\s:]+)\s*:\s*([^]*?)\s*$/;
const CHUNK_LINE = /^([0-9A-Fa-f]{1,13})(;.*)?$/;
const LENIENT_CHUNK = /^\s*(?:0x|\+)?([0-9A-Fa-f]+)/i;

interface Head {
  readonly method: string;
  readonly minor: number;
  readonly fields: ReadonlyMap<string, string>;
  readonly lengths: readonly string[];
  readonly codings: readonly string[];
}

/**
 * Finds the requests in what one side sent over one connection. Written to be read, and without any
 * of the gateway's code: what it finds is what the gateway is measured by.
 *
 * @returns the requests, and whether the reading was at ease with all of the text
 */
export function readRequests(
  text: string,
  manner: Manner,
): { readonly requests: FoundRequest[]; readonly clean: boolean } {
  const requests: FoundRequest[] = [];
  let position = 0;
  for (;;) {
    while (text.startsWith('\r\n', position)) position += 2;
    if (position === text.length) return { requests, clean: true };
    const lines = headLines(text, position, manner);
    if (lines === null) return { requests, clean: manner.lenient ? blank(text, position) : true };
    const head = parseHead(lines.lines, manner);
    if (head === null) return { requests, clean: false };
    const body = readBody(text, lines.end, head, manner);
    if (body === null) return { requests, clean: false };
    requests.push({ method: head.method, fields: head.fields, ...body });
    if (!body.complete) return { requests, clean: !body.broken };
    if (!manner.lenient && closes(head)) return { requests, clean: true };
    position = body.end;
  }
}

function blank(text: string, position: number): boolean {
  return text.slice(position).trim() === '';
}

function closes({ minor, fields }: Head): boolean {
  const options = (fields.get('connection') ?? '').toLowerCase().split(/[ \t]*,[ \t]*/);
  return options.includes('close') || (minor === 0 && !options.includes('keep-alive'));
}

/** The lines up to the empty one, or null when it has not come. */
function headLines(
  text: string,
  position: number,
  { lineEnd }: Manner,
): { lines: string[]; end: number } | null {
  const lines: string[] = [];
  const pattern = new RegExp(lineEnd);
  pattern.lastIndex = position;
  let start = position;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const line = text.slice(start, match.index);
    start = pattern.lastIndex;
    if (line === '') return { lines, end: start };
    lines.push(line);
  }
  return null;
}

function parseHead(lines: readonly string[], { lenient }: Manner): Head | null {
  const [first = '', ...rest] = lines;
  const strict = REQUEST_LINE.exec(first);
  if (strict === null && !lenient) return null;
  const fields = new Map<string, string>();
  const lengths: string[] = [];
  const codings: string[] = [];
  for (const line of rest) {
    const match = (lenient ? LENIENT_FIELD : FIELD_LINE).exec(line);
    if (match === null) {
      if (!lenient) return null;
      continue;
    }
    const name = match[1]!.toLowerCase();
    fields.set(name, match[2]!);
    if (name === 'content-length') lengths.push(match[2]!);
    if (name === 'transfer-encoding') codings.push(match[2]!);
  }
  const method = strict?.[1] ?? first.trim().split(/\s+/)[0]!;
  return { method, minor: Number(strict?.[3] ?? 1), fields, lengths, codings };
}

type FoundBody = Pick<FoundRequest, 'body' | 'complete' | 'end'> & { readonly broken: boolean };

function readBody(text: string, start: number, head: Head, manner: Manner): FoundBody | null {
  const { lengths, codings, minor } = head;
  if (!manner.lenient) {
    if (lengths.length > 1 || codings.length > 1) return null;
    if (codings.length === 1 && (lengths.length === 1 || minor === 0)) return null;
    if (codings.length === 1 && codings[0]!.toLowerCase() !== 'chunked') return null;
    if (lengths.length === 1 && !/^\d{1,15}$/.test(lengths[0]!)) return null;
  }
  const chunked = codings.some((coding) => /chunked/i.test(coding));
  if (chunked && (lengths.length === 0 || manner.prefers !== 'length')) {
    return readChunks(text, start, manner);
  }
  const length = Number.parseInt(lengths[0] ?? '0', 10) || 0;
  const end = start + Math.max(0, length);
  const complete = end <= text.length;
  return { body: text.slice(start, end), complete, end, broken: false };
}

function readChunks(text: string, start: number, manner: Manner): FoundBody {
  let position = start;
  let body = '';
  const broken = { body: '', complete: false, end: text.length, broken: true };
  const cut = { ...broken, broken: false };
  for (;;) {
    const line = nextLine(text, position, manner);
    if (line === null) return { ...cut, body };
    const match = (manner.lenient ? LENIENT_CHUNK : CHUNK_LINE).exec(line.text);
    if (match === null) return { ...broken, body };
    const size = Number.parseInt(match[1]!, 16);
    position = line.end;
    if (size === 0) break;
    body += text.slice(position, position + size);
    position += size;
    if (position > text.length) return { ...cut, body };
    const end = nextLine(text, position, manner);
    if (end === null) return { ...cut, body };
    if (end.text !== '') return { ...broken, body };
    position = end.end;
  }
  const trailers = headLines(text, position, manner);
  if (trailers === null) return { ...cut, body };
  const bad = trailers.lines.some((line) => !FIELD_LINE.test(line));
  if (bad && !manner.lenient) return { ...broken, body };
  return { body, complete: true, end: trailers.end, broken: false };
}

function nextLine(
  text: string,
  position: number,
  { lineEnd }: Manner,
): { text: string; end: number } | null {
  const pattern = new RegExp(lineEnd);
  pattern.lastIndex = position;
  const match = pattern.exec(text);
  return match === null
    ? null
    : { text: text.slice(position, match.index), end: pattern.lastIndex };
}
