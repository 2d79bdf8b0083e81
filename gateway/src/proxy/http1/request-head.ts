import type { Limits } from '../../settings/node-settings.ts';
import { TARGET, TOKEN } from './characters.ts';
import { isHostField, splitHost } from './host-field.ts';
import * as known from './known-fields.ts';
import {
  FIELDS_INCOMPLETE,
  FIELDS_MALFORMED,
  FIELDS_TOO_LONG,
  FIELDS_TOO_MANY,
  MessageHead,
} from './message-head.ts';

/** The head has not arrived completely. */
export const INCOMPLETE = -1;

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
  expectContinue = false;
  /** The client asks to switch to the protocol named by `Upgrade`. */
  upgrade = false;
  /** Lower-case names that `Connection` declares to be for this hop only. */
  hopNames: string[] | null = null;
  /** The client takes trailers. */
  teTrailers = false;

  /**
   * Parses `text`, the bytes received so far, from `position` on.
   *
   * @returns 0 when complete, `INCOMPLETE`, or the status of the error that the client gets
   */
  parse(text: string, position: number, limits: Limits): number {
    const lineEnd = this.parseRequestLine(text, position, limits.requestLine);
    if (lineEnd < 0) {
      this.clear();
      return lineEnd === INCOMPLETE ? INCOMPLETE : -lineEnd;
    }
    const outcome = this.parseFields(text, lineEnd, limits.fields, limits.field);
    switch (outcome) {
      case FIELDS_INCOMPLETE:
        return text.length - position > limits.head ? 431 : INCOMPLETE;
      case FIELDS_MALFORMED:
        return 400;
      case FIELDS_TOO_MANY:
      case FIELDS_TOO_LONG:
        return 431;
    }
    if (this.end - position > limits.head) return 431;
    if (this.repeated && this.judgedMinor === this.minor) return 0;
    this.judgedMinor = -1;
    this.resetMeaning();
    const status = this.interpret();
    if (status === 0) this.judgedMinor = this.minor;
    return status;
  }

  /** Minor version under which the present fields were found to be in order, or -1. */
  private judgedMinor = -1;

  /** Forgets what stood here: the answer to a head that never came has none. */
  clear(): void {
    this.method = '';
    this.target = '';
    this.minor = 1;
    this.count = 0;
    this.judgedMinor = -1;
    this.forgetFields();
    this.resetMeaning();
  }

  private resetMeaning(): void {
    this.host = '';
    this.hostName = '';
    this.hostPort = -1;
    this.keepAlive = false;
    this.contentLength = -1;
    this.chunked = false;
    this.expectContinue = false;
    this.upgrade = false;
    this.hopNames = null;
    this.teTrailers = false;
  }

  /** @returns position after the line, `INCOMPLETE`, or the negated status of an error */
  private parseRequestLine(text: string, position: number, longest: number): number {
    const length = text.length;
    let p = position;
    while (p < length && TOKEN[text.charCodeAt(p)] === 1) p++;
    if (p >= length) return p - position > longest ? -414 : INCOMPLETE;
    if (p === position || text.charCodeAt(p) !== 32) return -400;
    this.method = methodAt(text, position, p);
    const targetStart = ++p;
    while (p < length && TARGET[text.charCodeAt(p)] === 1) p++;
    if (p - position > longest) return -414;
    if (p >= length) return INCOMPLETE;
    if (p === targetStart || text.charCodeAt(p) !== 32) return -400;
    this.target = text.slice(targetStart, p);
    p++;
    if (p + 10 > length) return isVersionPrefix(text, p) ? INCOMPLETE : -400;
    if (!text.startsWith('HTTP/', p)) return -400;
    const major = text.charCodeAt(p + 5) - 48;
    const minor = text.charCodeAt(p + 7) - 48;
    if (major < 0 || major > 9 || text.charCodeAt(p + 6) !== 46 || minor < 0 || minor > 9) {
      return -400;
    }
    if (text.charCodeAt(p + 8) !== 13 || text.charCodeAt(p + 9) !== 10) return -400;
    if (major !== 1) return -505;
    this.minor = minor === 0 ? 0 : 1;
    return p + 10;
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
              const option = part.trim();
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
          this.teTrailers ||= /(^|,)\s*trailers\s*(,|$)/i.test(this.value(i));
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
      this.host = this.value(host);
      // Every http URI names a host, so an empty field can only be a mistake: RFC 9110 section 4.2.1.
      if (this.host === '' || !isHostField(this.host)) return 400;
      const { name, port } = splitHost(this.host);
      this.hostName = name;
      this.hostPort = port;
    }
    this.keepAlive = !close && (this.minor === 1 || keepAlive);
    this.upgrade = upgrade && connectionUpgrade && this.minor === 1;
    return 0;
  }
}

function methodAt(text: string, start: number, end: number): string {
  const length = end - start;
  for (let i = 0; i < METHODS.length; i++) {
    const method = METHODS[i]!;
    if (method.length === length && text.startsWith(method, start)) return method;
  }
  return text.slice(start, end);
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
