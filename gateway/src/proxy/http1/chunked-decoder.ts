import {
  EXTENSION_END,
  EXTENSION_MALFORMED,
  NAME_START,
  stepExtension,
} from './chunk-extension.ts';
import { FIELDS_END, FIELDS_INCOMPLETE, MessageHead } from './message-head.ts';

const SIZE = 0;
const EXTENSION = 1;
const SIZE_LF = 2;
const DATA = 3;
const DATA_CR = 4;
const DATA_LF = 5;
const TRAILERS = 6;
const DONE = 7;

/** Longest chunk extensions of one chunk, and longest trailer section, bytes. */
const LONGEST_EXTENSION = 1024;
const LONGEST_TRAILERS = 8192;
const MOST_TRAILERS = 64;

const HEX = new Int8Array(256).fill(-1);
for (let i = 0; i < 16; i++) {
  HEX['0123456789abcdef'.charCodeAt(i)] = i;
  HEX['0123456789ABCDEF'.charCodeAt(i)] = i;
}

/**
 * Finds the data in a chunked body, RFC 9112 section 7.1, however it is cut into pieces. Strict:
 * lines end in CRLF, sizes are at most 13 hexadecimal digits, nothing stands around them.
 */
export class ChunkedDecoder {
  private state = SIZE;
  /** Bytes of the current chunk still to come. */
  private remaining = 0;
  private digits = 0;
  private extension = 0;
  /** Where in the chunk extensions the next octet stands. */
  private place = NAME_START;
  /** Bytes of a trailer section that arrived in several pieces. */
  private pending: Buffer | null = null;
  /** Trailer fields; null until the body ended with some. */
  trailers: MessageHead | null = null;

  get done(): boolean {
    return this.state === DONE;
  }

  /** Where the data found by `next` begins and ends. */
  dataStart = 0;
  dataEnd = 0;

  /**
   * Goes on at `position`. Finds at most one run of data (`dataStart…dataEnd`, empty when there was
   * none) and returns the position to continue from: call again until it is `end` or `done`.
   *
   * @returns the next position, or -1 when the body is malformed
   */
  next(buffer: Uint8Array, position: number, end: number): number {
    let p = position;
    this.dataStart = this.dataEnd = p;
    while (p < end) {
      switch (this.state) {
        case SIZE: {
          const c = buffer[p]!;
          const digit = HEX[c]!;
          if (digit !== -1) {
            if (++this.digits > 13) return -1;
            this.remaining = this.remaining * 16 + digit;
            p++;
            break;
          }
          if (this.digits === 0) return -1;
          if (c === 13) this.state = SIZE_LF;
          else if (c === 59) this.state = EXTENSION;
          else return -1;
          p++;
          break;
        }
        case EXTENSION:
          this.place = stepExtension(this.place, buffer[p]!);
          if (this.place === EXTENSION_MALFORMED || ++this.extension > LONGEST_EXTENSION) return -1;
          if (this.place === EXTENSION_END) {
            this.place = NAME_START;
            this.state = SIZE_LF;
          }
          p++;
          break;
        case SIZE_LF:
          if (buffer[p] !== 10) return -1;
          p++;
          this.digits = 0;
          this.extension = 0;
          this.state = this.remaining === 0 ? TRAILERS : DATA;
          break;
        case DATA: {
          const take = Math.min(this.remaining, end - p);
          this.dataStart = p;
          this.dataEnd = p + take;
          this.remaining -= take;
          if (this.remaining === 0) this.state = DATA_CR;
          return this.skipDataEnd(buffer, p + take, end);
        }
        case DATA_CR:
          if (buffer[p] !== 13) return -1;
          p++;
          this.state = DATA_LF;
          break;
        case DATA_LF:
          if (buffer[p] !== 10) return -1;
          p++;
          this.state = SIZE;
          break;
        case TRAILERS:
          return this.readTrailers(buffer, p, end);
        default:
          return p;
      }
    }
    return p;
  }

  /** Takes the CRLF after data at once when it is there, which it nearly always is. */
  private skipDataEnd(buffer: Uint8Array, p: number, end: number): number {
    if (this.state !== DATA_CR || end - p < 2) return p;
    if (buffer[p] !== 13 || buffer[p + 1] !== 10) return -1;
    this.state = SIZE;
    // The last chunk usually follows directly.
    if (end - p >= 7 && buffer[p + 2] === 48 && buffer[p + 3] === 13)
      return this.finish(buffer, p + 2, end);
    return p + 2;
  }

  private finish(buffer: Uint8Array, p: number, end: number): number {
    if (buffer[p + 2] === 10 && buffer[p + 3] === 13 && buffer[p + 4] === 10 && end >= p + 5) {
      this.state = DONE;
      return p + 5;
    }
    return p;
  }

  private readTrailers(buffer: Uint8Array, p: number, end: number): number {
    if (this.pending === null && end - p >= 2 && buffer[p] === 13 && buffer[p + 1] === 10) {
      this.state = DONE;
      return p + 2;
    }
    const { pending } = this;
    const before = pending === null ? 0 : pending.length;
    const piece = Buffer.from(
      buffer.buffer,
      buffer.byteOffset + p,
      Math.min(end - p, LONGEST_TRAILERS + 1),
    );
    const all = pending === null ? piece : Buffer.concat([pending, piece]);
    const text = all.toString('latin1');
    const { length } = all;
    const head = new MessageHead();
    const outcome = head.parseFields(text, all, 0, 0, length, MOST_TRAILERS, LONGEST_TRAILERS);
    if (outcome === FIELDS_INCOMPLETE) {
      if (all.length > LONGEST_TRAILERS) return -1;
      this.pending = Buffer.from(all);
      return end;
    }
    if (outcome !== FIELDS_END) return -1;
    if (head.count > 0) this.trailers = head;
    this.pending = null;
    this.state = DONE;
    return p + head.end - before;
  }
}
