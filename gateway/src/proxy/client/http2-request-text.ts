import { FIELD_VALUE, TOKEN } from '../http1/characters.ts';
import { CONNECTION_FIELDS } from '../http2/connection-fields.ts';
import type { HeaderField } from '../http2/header-field.ts';
import type { FieldSink } from '../http2/hpack-decoder.ts';

// What a field of a request's head is.
const REGULAR = 0;
const METHOD = 1;
const SCHEME = 2;
const AUTHORITY = 3;
const PATH = 4;
const HOST = 5;
const COOKIE = 6;
const MALFORMED = 7;

const PSEUDO: Readonly<Record<string, number>> = {
  ':method': METHOD,
  ':scheme': SCHEME,
  ':authority': AUTHORITY,
  ':path': PATH,
};

/**
 * Writes the head of a request of HTTP/2 as one of HTTP/1.1, so that one parser decides about both.
 * What only the former has is judged here: RFC 9113 section 8. Values with line breaks, and names
 * that are none, must not get through: they would become other fields.
 */
export class Http2RequestText implements FieldSink {
  /** The head breaks the rules of HTTP/2: its stream is to be reset. */
  malformed = false;
  /** The fields are longer than may be. */
  tooLong = false;
  private readonly longest: number;
  private method = '';
  private scheme = '';
  private authority: string | null = null;
  private path: string | null = null;
  private host: string | null = null;
  private cookie = '';
  private lines = '';
  private size = 0;

  /** @param longest head, bytes */
  constructor(longest: number) {
    this.longest = longest;
  }

  /** Forgets the head before. */
  clear(): void {
    this.malformed = false;
    this.tooLong = false;
    this.method = '';
    this.scheme = '';
    this.authority = null;
    this.path = null;
    this.host = null;
    this.cookie = '';
    this.lines = '';
    this.size = 0;
  }

  onField(field: HeaderField): void {
    // A few bytes refer to long fields of the table: no more of them are looked at than may be.
    if (this.tooLong || this.malformed) return;
    this.size += field.name.length + field.value.length + 4;
    if (this.size > this.longest) {
      this.tooLong = true;
      return;
    }
    if (field.kind === -1) judge(field);
    switch (field.kind) {
      case REGULAR:
        this.lines += field.line;
        break;
      case COOKIE:
        // Clients take cookies apart so that they compress well: RFC 9113 section 8.2.3.
        this.cookie += this.cookie === '' ? field.value : `; ${field.value}`;
        break;
      case HOST:
        if (this.host !== null) this.malformed = true;
        this.host = field.value;
        break;
      case MALFORMED:
        this.malformed = true;
        break;
      default:
        this.onPseudo(field.kind, field.value);
    }
  }

  /** Each may come once, and before all other fields. */
  private onPseudo(kind: number, value: string): void {
    if (this.lines !== '' || this.cookie !== '' || this.host !== null || value === '') {
      this.malformed = true;
    } else if (kind === METHOD && this.method === '') this.method = value;
    else if (kind === SCHEME && this.scheme === '') this.scheme = value;
    else if (kind === AUTHORITY && this.authority === null) this.authority = value;
    else if (kind === PATH && this.path === null) this.path = value;
    else this.malformed = true;
  }

  /** The head as HTTP/1.1 writes it; not to be used when it is malformed or too long. */
  finish(): string {
    const { authority, host } = this;
    const named = authority ?? host;
    if (authority !== null && host !== null && authority.toLowerCase() !== host.toLowerCase()) {
      this.malformed = true;
    }
    const target = this.target();
    const hostLine = named === null ? '' : `host: ${named}\r\n`;
    const cookieLine = this.cookie === '' ? '' : `cookie: ${this.cookie}\r\n`;
    return `${this.method} ${target} HTTP/1.1\r\n${hostLine}${this.lines}${cookieLine}\r\n`;
  }

  private target(): string {
    const { method, scheme, path } = this;
    if (method === 'CONNECT') {
      if (scheme !== '' || path !== null || this.authority === null) this.malformed = true;
      return this.authority ?? '';
    }
    if (method === '' || !/^[a-z][a-z0-9+.-]*$/i.test(scheme) || path === null) {
      this.malformed = true;
      return '';
    }
    // Anything else would be read as a target that names another host.
    const own = path.startsWith('/') || (path === '*' && method === 'OPTIONS');
    if (!own) this.malformed = true;
    return path;
  }
}

function judge(field: HeaderField): void {
  const { name, value } = field;
  field.kind = kindOf(name, value);
  if (field.kind === REGULAR) field.line = `${name}: ${value}\r\n`;
}

function kindOf(name: string, value: string): number {
  if (!isTrimmedValue(value)) return MALFORMED;
  if (name.charCodeAt(0) === 58) return PSEUDO[name] ?? MALFORMED;
  if (!isLowerCaseToken(name) || CONNECTION_FIELDS.has(name)) return MALFORMED;
  if (name === 'cookie') return COOKIE;
  if (name === 'host') return HOST;
  return name === 'te' && value !== 'trailers' ? MALFORMED : REGULAR;
}

/** Whether a field may stand behind a body: it must not steer anything. */
export function isTrailer({ name, value }: HeaderField): boolean {
  return kindOf(name, value) === REGULAR;
}

function isLowerCaseToken(name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const c = name.charCodeAt(i);
    if (TOKEN[c] !== 1 || (c >= 65 && c <= 90)) return false;
  }
  return name.length > 0;
}

function isTrimmedValue(value: string): boolean {
  const { length } = value;
  for (let i = 0; i < length; i++) if (FIELD_VALUE[value.charCodeAt(i)] !== 1) return false;
  return length === 0 || (value.charCodeAt(0) > 32 && value.charCodeAt(length - 1) > 32);
}
