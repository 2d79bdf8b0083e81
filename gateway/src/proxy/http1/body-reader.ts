import { ChunkedDecoder } from './chunked-decoder.ts';
import type { MessageHead } from './message-head.ts';

const LENGTH = 0;
const CHUNKED = 1;
const UNTIL_CLOSE = 2;

/** Finds the body of a message in the bytes behind its head: RFC 9112 section 6.3. */
export class BodyReader {
  /** The body is complete. */
  done = true;
  /** Where the data found by `next` begins and ends. */
  dataStart = 0;
  dataEnd = 0;
  /** Bytes still to come, where the length is known. */
  remaining = 0;
  private mode = LENGTH;
  private decoder: ChunkedDecoder | null = null;
  /** Behind the data that was found last the framing is broken. */
  private broken = false;

  /** Prepares for a body of so many bytes; 0 for none. */
  beginLength(length: number): void {
    this.mode = LENGTH;
    this.remaining = length;
    this.done = length === 0;
    this.decoder = null;
  }

  beginChunked(): void {
    this.mode = CHUNKED;
    this.done = false;
    this.broken = false;
    this.decoder = new ChunkedDecoder();
  }

  /** Prepares for a body that only the end of the connection ends. */
  beginUntilClose(): void {
    this.mode = UNTIL_CLOSE;
    this.done = false;
    this.decoder = null;
  }

  get untilClose(): boolean {
    return this.mode === UNTIL_CLOSE;
  }

  get chunked(): boolean {
    return this.mode === CHUNKED;
  }

  /** Fields behind a chunked body; null while there are none. */
  get trailers(): MessageHead | null {
    return this.decoder === null ? null : this.decoder.trailers;
  }

  /**
   * Finds the next run of data, which may be empty. Call again until `end` is reached or the body is
   * done. Chunks that came together become one run: their data is moved together within `buffer`.
   *
   * @returns where to go on, or -1 when the framing is broken
   */
  next(buffer: Uint8Array, position: number, end: number): number {
    this.dataStart = this.dataEnd = position;
    if (this.done) return position;
    switch (this.mode) {
      case LENGTH: {
        const take = Math.min(this.remaining, end - position);
        this.dataEnd = position + take;
        this.remaining -= take;
        this.done = this.remaining === 0;
        return this.dataEnd;
      }
      case CHUNKED:
        return this.nextOfChunks(this.decoder!, buffer, position, end);
      default:
        this.dataEnd = end;
        return end;
    }
  }
  private nextOfChunks(
    decoder: ChunkedDecoder,
    buffer: Uint8Array,
    position: number,
    end: number,
  ): number {
    if (this.broken) return -1;
    let next = decoder.next(buffer, position, end);
    this.dataStart = decoder.dataStart;
    this.dataEnd = decoder.dataEnd;
    while (next !== -1 && next < end && !decoder.done) {
      const after = decoder.next(buffer, next, end);
      if (after === -1) {
        this.broken = true;
        break;
      }
      next = after;
      this.join(buffer, decoder.dataStart, decoder.dataEnd);
    }
    this.done = decoder.done;
    return next;
  }

  /** A client may send a body byte by byte; what follows must not pay for each of them. */
  private join(buffer: Uint8Array, start: number, end: number): void {
    if (start === end) return;
    if (this.dataStart === this.dataEnd) {
      this.dataStart = start;
      this.dataEnd = end;
      return;
    }
    buffer.copyWithin(this.dataEnd, start, end);
    this.dataEnd += end - start;
  }
}
