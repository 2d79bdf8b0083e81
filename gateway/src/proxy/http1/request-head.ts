import type { Limits } from '../../settings/node-settings.ts';
import { TOKEN } from './characters.ts';
import { withoutPadding } from '../../plugin/padding.ts';
import { isHostField, splitHost } from './host-field.ts';
import * as known from './known-fields.ts';
import { latin1 } from './latin1.ts';
import {
  FIELDS_INCOMPLETE,
  FIELDS_MALFORMED,
  FIELDS_TOO_LONG,
  FIELDS_TOO_MANY,
  MessageHead,
} from './message-head.ts';
import { PLAIN, TARGET_KIND } from './target-kinds.ts';

/** The head has not arrived completely. */
export const INCOMPLETE = -1;

const NO_HOST = { field: '', name: '', port: -1 };
const HTTP = Buffer.from('HTTP/');

/** Method names as constants, so that the usual ones cost no allocation. */
const METHODS: readonly string[] = ['GET', 'POST', 'PUT', 'HEAD', 'DELETE', 'PATCH', 'OPTIONS'];

/**
 * A request head, parsed strictly: RFC 9112 sections 2, 3, 5 and 6. Whatever could be read in two
 * ways is refused.
 */
export class RequestHead extends MessageHead {
  method = '';
  /** Request target as received. */
  target = '';
  /**
   * The request line with its CRLF, where it can pass on as it was received: HTTP/1.1, and a target
   * that has nothing in it to decode, escape or cut off.
   */
  plainLine: string | null = null;
  /** Minor HTTP version: 0 or 1. Later minors count as 1. */
  minor = 1;
  /** Value of Host as received; empty when there is none (HTTP/1.0). */
  host = '';
  /** The same, lower-cased and without port. */
  hostName = '';
  /** Port that Host names, or -1. */
  hostPort = -1;
  /** Length of the body, or -1 when the head names none. */
  contentLength = -1;
  chunked = false;
  /** The client wants to use the connection again. */
  keepAlive = true;
  /** All of the head is in order, and the client does not want to use the connection again. */
  isLast = false;
  expectContinue = false;
  /** The client asks to switch to the protocol named by `Upgrade`. */
  upgrade = false;
  /** Lower-case names that `Connection` declares to be for this hop only. */
  hopNames: string[] | null = null;
  /** The client takes trailers. */
  teTrailers = false;

  /**
   * Parses the bytes received so far, from `start` to `end`. Positions in the head count from `start`.
   *
   * @returns 0 when complete, `INCOMPLETE`, or the status of the error that the client gets
   */
  parse(bytes: Buffer, start: number, end: number, limits: Limits): number {
    const text = latin1(bytes, start, end);
    if (text === this.whole) {
      this.repeated = true;
      return 0;
    }
    this.whole = null;
    const lineEnd = this.parseRequestLine(text, bytes, start, end, limits.requestLine);
    if (lineEnd < 0) {
      this.clear();
      return lineEnd === INCOMPLETE ? INCOMPLETE : -lineEnd;
    }
    const { fields, field } = limits;
    const outcome = this.parseFields(text, bytes, start, lineEnd, end, fields, field);
    switch (outcome) {
      case FIELDS_INCOMPLETE:
        return end - start > limits.head ? 431 : INCOMPLETE;
      case FIELDS_MALFORMED:
        return 400;
      case FIELDS_TOO_MANY:
      case FIELDS_TOO_LONG:
        return 431;
    }
    if (this.end > limits.head) return 431;
    if (!this.repeated || this.judgedMinor !== this.minor) {
      this.judgedMinor = -1;
      this.resetMeaning();
      const status = this.interpret();
      if (status !== 0) return status;
      this.judgedMinor = this.minor;
    }
    this.rememberWhole(text);
    return 0;
  }

  /** The Host that was last found to be in order: on one connection it hardly ever changes. */
  private judgedHost: { field: string; name: string; port: number } = NO_HOST;

  /** Minor version under which the present fields were found to be in order, or -1. */
  private judgedMinor = -1;

  /** Forgets what stood here: the answer to a head that never came has none. */
  clear(): void {
    this.text = '';
    this.method = '';
    this.target = '';
    this.plainLine = null;
    this.minor = 1;
    this.judgedMinor = -1;
    this.newInARow = 0;
    this.forgetFields();
    this.resetMeaning();
  }

  private resetMeaning(): void {
    this.host = '';
    this.hostName = '';
    this.hostPort = -1;
    this.keepAlive = false;
    this.isLast = false;
    this.contentLength = -1;
    this.chunked = false;
    this.expectContinue = false;
    this.upgrade = false;
    this.hopNames = null;
    this.teTrailers = false;
  }

  /** @returns position after the line, `INCOMPLETE`, or the negated status of an error */
  private parseRequestLine(
    text: string,
    bytes: Uint8Array,
    start: number,
    end: number,
    longest: number,
  ): number {
    let p = start;
    while (p < end && TOKEN[bytes[p]!] === 1) p++;
    if (p >= end) return p - start > longest ? -414 : INCOMPLETE;
    if (p === start || bytes[p] !== 32) return -400;
    this.method = methodOf(text, p - start);
    const targetStart = ++p;
    let kinds = 0;
    let kind;
    while (p < end && (kind = TARGET_KIND[bytes[p]!]!) !== 0) {
      kinds |= kind;
      p++;
    }
    if (p - start > longest) return -414;
    if (p >= end) return INCOMPLETE;
    if (p === targetStart || bytes[p] !== 32) return -400;
    this.target = text.slice(targetStart - start, p - start);
    p++;
    if (p + 10 > end) return isVersionPrefix(text, p - start) ? INCOMPLETE : -400;
    for (let i = 0; i < HTTP.length; i++) if (bytes[p + i] !== HTTP[i]) return -400;
    const major = bytes[p + 5]! - 48;
    const minor = bytes[p + 7]! - 48;
    if (major < 0 || major > 9 || bytes[p + 6] !== 46 || minor < 0 || minor > 9) return -400;
    if (bytes[p + 8] !== 13 || bytes[p + 9] !== 10) return -400;
    if (major !== 1) return -505;
    this.minor = minor === 0 ? 0 : 1;
    p += 10;
    this.plainLine = minor === 1 && kinds === PLAIN ? text.slice(0, p - start) : null;
    return p;
  }

  /** Draws the consequences of the fields that frame the message or steer the connection. */
  private interpret(): number {
    const ids = this.ids;
    let host = -1;
    let authorization = false;
    let close = false;
    let keepAlive = false;
    let connectionUpgrade = false;
    let upgrade = false;
    for (let i = 0; i < this.count; i++) {
      switch (ids[i]!) {
        case known.OTHER:
          break;
        case known.HOST:
          if (host !== -1) return 400;
          host = i;
          break;
        case known.CONTENT_LENGTH: {
          if (this.contentLength !== -1) return 400;
          const value = parseLength(this.value(i));
          if (value === -1) return 400;
          this.contentLength = value;
          break;
        }
        case known.TRANSFER_ENCODING:
          if (this.chunked || this.minor === 0) return 400;
          if (this.value(i).toLowerCase() !== 'chunked' || this.tabBehind(i)) return 400;
          this.chunked = true;
          break;
        case known.CONNECTION: {
          const value = this.value(i).toLowerCase();
          if (value === 'keep-alive') keepAlive = true;
          else if (value === 'close') close = true;
          else {
            for (const part of value.split(',')) {
              const option = withoutPadding(part);
              if (option === 'close') close = true;
              else if (option === 'keep-alive') keepAlive = true;
              else if (option === 'upgrade') connectionUpgrade = true;
              else if (option !== '' && option !== 'te') (this.hopNames ??= []).push(option);
            }
          }
          break;
        }
        case known.EXPECT:
          if (this.value(i).toLowerCase() !== '100-continue') return 417;
          this.expectContinue = this.minor === 1;
          break;
        case known.UPGRADE:
          upgrade = true;
          break;
        case known.TE:
          this.teTrailers ||= /(^|,)[ \t]*trailers[ \t]*(,|$)/i.test(this.value(i));
          break;
        case known.AUTHORIZATION:
          if (authorization) return 400;
          authorization = true;
          break;
      }
    }
    if (this.chunked && this.contentLength !== -1) return 400;
    if (host === -1) {
      if (this.minor === 1) return 400;
    } else {
      const value = this.value(host);
      // Every http URI names a host, so an empty field can only be a mistake: RFC 9110 section 4.2.1.
      if (value === '') return 400;
      if (value !== this.judgedHost.field) {
        if (!isHostField(value)) return 400;
        const { name, port } = splitHost(value);
        this.judgedHost = { field: value, name, port };
      }
      this.host = this.judgedHost.field;
      this.hostName = this.judgedHost.name;
      this.hostPort = this.judgedHost.port;
    }
    this.keepAlive = !close && (this.minor === 1 || keepAlive);
    this.isLast = !this.keepAlive;
    this.upgrade = upgrade && connectionUpgrade && this.minor === 1;
    return 0;
  }
}

/** The method, which is the first `length` characters of `text`. */
function methodOf(text: string, length: number): string {
  for (let i = 0; i < METHODS.length; i++) {
    const method = METHODS[i]!;
    if (method.length === length && text.startsWith(method)) return method;
  }
  return text.slice(0, length);
}

/** Whether what there is of the version could still become `HTTP/d.d` and a line end. */
function isVersionPrefix(text: string, position: number): boolean {
  const rest = text.slice(position);
  if (rest.length <= 5) return 'HTTP/'.startsWith(rest);
  return /^HTTP\/\d?(\d\.?|\d\.\d\r?)?$/.test(rest);
}

/**
 * A Content-Length: digits only, and small enough to be exact. RFC 9110 section 8.6.
 *
 * @returns -1 when it is malformed
 */
export function parseLength(value: string): number {
  const length = value.length;
  if (length === 0 || length > 15) return -1;
  let n = 0;
  for (let i = 0; i < length; i++) {
    const digit = value.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    n = n * 10 + digit;
  }
  return n;
}
