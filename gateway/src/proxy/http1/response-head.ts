import { FIELD_VALUE } from './characters.ts';
import { withoutPadding } from '../../plugin/padding.ts';
import * as known from './known-fields.ts';
import { latin1 } from './latin1.ts';
import { FIELDS_END, FIELDS_INCOMPLETE, MessageHead } from './message-head.ts';
import { parseLength } from './request-head.ts';

export const HEAD_COMPLETE = 0;
export const HEAD_INCOMPLETE = -1;
/** The upstream broke the protocol; what it sent cannot be passed on. */
export const HEAD_INVALID = -2;

const HTTP1 = Buffer.from('HTTP/1.');

/** Longest head and most fields that an upstream may send. */
const LONGEST_HEAD = 128 * 1024;
const MOST_FIELDS = 1000;

/** The head of an upstream's response, as strict as the request's: RFC 9112 section 4. */
export class ResponseHead extends MessageHead {
  status = 0;
  reason = '';
  minor = 1;
  contentLength = -1;
  chunked = false;
  /** The upstream keeps the connection open after this response. */
  keepAlive = true;
  hopNames: string[] | null = null;
  /** The response switches protocols and names the one it switches to. */
  upgrade = false;

  /** Status and minor version under which the present fields were judged, or -1. */
  private judged = -1;

  /**
   * Parses the bytes received so far, from `start` to `end`. Positions in the head count from `start`.
   *
   * @returns one of the `HEAD_*` codes; on `HEAD_COMPLETE`, `end` stands past the head
   */
  parse(bytes: Buffer, start: number, end: number): number {
    const text = latin1(bytes, start, end);
    if (text === this.whole) {
      this.repeated = true;
      return HEAD_COMPLETE;
    }
    this.whole = null;
    if (text.length < 15) {
      return 'HTTP/1.'.startsWith(text.slice(0, 7)) ? HEAD_INCOMPLETE : HEAD_INVALID;
    }
    for (let i = 0; i < HTTP1.length; i++) if (bytes[start + i] !== HTTP1[i]) return HEAD_INVALID;
    const minor = bytes[start + 7]! - 48;
    if (minor < 0 || minor > 9 || bytes[start + 8] !== 32) return HEAD_INVALID;
    let status = 0;
    for (let i = 9; i < 12; i++) {
      const digit = bytes[start + i]! - 48;
      if (digit < 0 || digit > 9) return HEAD_INVALID;
      status = status * 10 + digit;
    }
    if (status < 100) return HEAD_INVALID;
    let p = start + 12;
    // The space before an empty reason is often left out.
    if (bytes[p] === 32) p++;
    else if (bytes[p] !== 13) return HEAD_INVALID;
    const reasonStart = p;
    while (p < end && FIELD_VALUE[bytes[p]!] === 1) p++;
    if (p + 1 >= end) return end - start > LONGEST_HEAD ? HEAD_INVALID : HEAD_INCOMPLETE;
    if (bytes[p] !== 13 || bytes[p + 1] !== 10) return HEAD_INVALID;
    this.status = status;
    this.reason = reasonIn(text, reasonStart - start, p - start);
    this.minor = minor === 0 ? 0 : 1;
    const outcome = this.parseFields(text, bytes, start, p + 2, end, MOST_FIELDS, LONGEST_HEAD);
    if (outcome === FIELDS_INCOMPLETE) {
      return end - start > LONGEST_HEAD ? HEAD_INVALID : HEAD_INCOMPLETE;
    }
    if (outcome !== FIELDS_END || this.end > LONGEST_HEAD) return HEAD_INVALID;
    const circumstances = status * 2 + this.minor;
    if (!this.repeated || this.judged !== circumstances) {
      this.judged = -1;
      if (!this.interpret()) return HEAD_INVALID;
      this.judged = circumstances;
    }
    this.rememberWhole(text);
    return HEAD_COMPLETE;
  }

  private interpret(): boolean {
    const ids = this.ids;
    let close = false;
    let keepAlive = false;
    let upgrade = false;
    this.contentLength = -1;
    this.chunked = false;
    this.hopNames = null;
    this.upgrade = false;
    for (let i = 0; i < this.count; i++) {
      switch (ids[i]!) {
        case known.CONTENT_LENGTH: {
          if (this.contentLength !== -1) return false;
          const value = parseLength(this.value(i));
          if (value === -1) return false;
          this.contentLength = value;
          break;
        }
        case known.TRANSFER_ENCODING:
          if (this.chunked || this.minor === 0) return false;
          if (this.value(i).toLowerCase() !== 'chunked' || this.tabBehind(i)) return false;
          this.chunked = true;
          break;
        case known.CONNECTION:
          for (const part of this.value(i).toLowerCase().split(',')) {
            const option = withoutPadding(part);
            if (option === 'close') close = true;
            else if (option === 'keep-alive') keepAlive = true;
            else if (option === 'upgrade') upgrade = true;
            else if (option !== '') (this.hopNames ??= []).push(option);
          }
          break;
        case known.UPGRADE:
          this.upgrade = true;
          break;
      }
    }
    if (this.chunked && this.contentLength !== -1) return false;
    this.upgrade &&= upgrade;
    // What is announced behind a 204 may still come, when it would pass for the next response.
    const announcesMore = this.status === 204 && (this.chunked || this.contentLength > 0);
    this.keepAlive = !close && !announcesMore && (this.minor === 1 || keepAlive);
    return true;
  }
}

/** The reason, the usual one as a constant. */
function reasonIn(text: string, start: number, end: number): string {
  return end - start === 2 && text.startsWith('OK', start) ? 'OK' : text.slice(start, end);
}
