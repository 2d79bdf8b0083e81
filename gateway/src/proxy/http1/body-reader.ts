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
   * done.
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
      case CHUNKED: {
        const decoder = this.decoder!;
        const next = decoder.next(buffer, position, end);
        this.dataStart = decoder.dataStart;
        this.dataEnd = decoder.dataEnd;
        this.done = decoder.done;
        return next;
      }
      default:
        this.dataEnd = end;
        return end;
    }
  }
}
