import { ChunkedDecoder } from '../http1/chunked-decoder.ts';
import type { MessageHead } from '../http1/message-head.ts';
import type { ResponseHead } from '../http1/response-head.ts';

const NONE = 0;
const LENGTH = 1;
const CHUNKED = 2;
const UNTIL_CLOSE = 3;

/** Finds the body of a response in the bytes of its connection: RFC 9112 section 6.3. */
export class ResponseBody {
  /** Bytes of the body, or -1 where only its end will tell. */
  length = -1;
  done = false;
  dataStart = 0;
  dataEnd = 0;
  private mode = NONE;
  private remaining = 0;
  private decoder: ChunkedDecoder | null = null;

  /** Prepares for the body that follows `head`. @param method of the request */
  begin(head: ResponseHead, method: string): void {
    this.done = false;
    this.dataStart = this.dataEnd = 0;
    this.decoder = null;
    this.length = head.contentLength;
    const status = head.status;
    if (method === 'HEAD' || status === 204 || status === 304) {
      this.mode = NONE;
      this.done = true;
    } else if (head.chunked) {
      this.mode = CHUNKED;
      this.decoder = new ChunkedDecoder();
    } else if (head.contentLength !== -1) {
      this.mode = LENGTH;
      this.remaining = head.contentLength;
      this.done = this.remaining === 0;
    } else this.mode = UNTIL_CLOSE;
  }

  get untilClose(): boolean {
    return this.mode === UNTIL_CLOSE;
  }

  get trailers(): MessageHead | null {
    return this.decoder === null ? null : this.decoder.trailers;
  }

  /**
   * Finds the next run of data (`dataStart…dataEnd`, which may be empty).
   *
   * @returns where to go on, or -1 when the framing is broken
   */
  next(buffer: Uint8Array, position: number, end: number): number {
    this.dataStart = this.dataEnd = position;
    switch (this.mode) {
      case LENGTH: {
        const take = Math.min(this.remaining, end - position);
        this.dataEnd = position + take;
        this.remaining -= take;
        if (this.remaining === 0) this.done = true;
        return position + take;
      }
      case CHUNKED: {
        const decoder = this.decoder!;
        const next = decoder.next(buffer, position, end);
        this.dataStart = decoder.dataStart;
        this.dataEnd = decoder.dataEnd;
        this.done = decoder.done;
        return next;
      }
      case UNTIL_CLOSE:
        this.dataEnd = end;
        return end;
      default:
        return position;
    }
  }
}
