import type { Http2Connection } from './http2-connection.ts';
import type { Http2Output } from './http2-output.ts';
import type { Http2Stream } from './http2-stream.ts';

/** The part of a request's body that the upstream has no room for yet. */
export class SendQueue {
  /** Bytes that the upstream takes on this stream. */
  window: number;
  readonly #stream: Http2Stream;
  readonly #output: Http2Output;
  #pieces: Uint8Array[] = [];
  /** Trailer lines to end with; null while the body goes on. */
  #end: string | null = null;
  /** The writer was told to wait. */
  #waiting = false;

  constructor(stream: Http2Stream, connection: Http2Connection) {
    this.#stream = stream;
    this.#output = connection.output;
    this.window = connection.streams.firstWindow;
  }

  /** Something of the request has not gone out. */
  get isBehind(): boolean {
    return this.#pieces.length > 0 || this.#waiting;
  }

  /**
   * @param owned whether the bytes stay as they are
   * @returns false when the writer is to wait for `onDrain`
   */
  write(chunk: Uint8Array, owned: boolean): boolean {
    const sent = this.#pieces.length > 0 ? 0 : this.#output.data(this.#stream, chunk, owned);
    if (sent < chunk.length) {
      const rest = chunk.subarray(sent);
      this.#pieces.push(owned ? rest : Buffer.from(rest));
    } else if (!this.#output.isBehind) return true;
    this.#waiting = true;
    this.#output.await(this);
    return false;
  }

  /** Nothing more comes. @param trailers lines, each ending in CRLF, or empty */
  end(trailers: string): void {
    this.#end = trailers;
    if (this.#pieces.length === 0) this.#output.endBody(this.#stream, trailers);
  }

  /** Sends what there is room for by now. @returns whether nothing is left waiting */
  flush(): boolean {
    if (this.#stream.isClosed) return true;
    while (this.#pieces.length > 0) {
      const piece = this.#pieces[0]!;
      const sent = this.#output.data(this.#stream, piece, true);
      if (sent < piece.length) {
        this.#pieces[0] = piece.subarray(sent);
        return false;
      }
      this.#pieces.shift();
      if (this.#pieces.length === 0 && this.#end !== null) {
        this.#output.endBody(this.#stream, this.#end);
      }
    }
    if (this.#output.isBehind) return false;
    this.#waiting = false;
    this.#stream.onDrain();
    return true;
  }
}
