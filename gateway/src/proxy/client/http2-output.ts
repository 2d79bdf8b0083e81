import type { CopyPool } from '../copy-pool.ts';
import { CONNECTION_FIELDS } from '../http2/connection-fields.ts';
import { compressLines } from '../http2/field-lines.ts';
import {
  DATA,
  dataFrame,
  END_STREAM,
  FIRST_WINDOW,
  FRAME_SIZE,
  frameHeader,
  headFrames,
} from '../http2/frames.ts';
import { HpackEncoder } from '../http2/hpack-encoder.ts';
import type { ClientWire } from '../socket/client-wire.ts';

/** Pieces up to this length are joined with what else waits, bytes. */
const SMALL = 4096;
/** Joined pieces go out when they are as long as this, bytes. */
const MOST_JOINED = 16 * 1024;

/**
 * What goes to a client of HTTP/2: frames of many streams, joined where they are small and come
 * together.
 */
export class Http2Output {
  /** What the client takes of bodies by now, over all streams, bytes. */
  window = FIRST_WINDOW;
  /** Longest payload that is sent: all that every client takes. */
  readonly frameSize = FRAME_SIZE;
  readonly encoder = new HpackEncoder();
  private readonly wire: ClientWire;
  private readonly copies: CopyPool;
  private joined = '';
  private held = false;
  private flushing = false;

  constructor(wire: ClientWire, copies: CopyPool) {
    this.wire = wire;
    this.copies = copies;
  }

  /** The client does not keep up with what was sent. */
  get isBehind(): boolean {
    return this.wire.isBehind;
  }

  /** Keeps what is sent until `release`. */
  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
    this.flush();
  }

  /** Lets what several streams send in one turn of the event loop go out together. */
  join(): void {
    if (this.flushing) return;
    this.flushing = true;
    setImmediate(() => {
      this.flushing = false;
      if (!this.held) this.flush();
    });
  }

  /** Sends frames that are complete. */
  frames(text: string): void {
    this.joined += text;
    if (this.joined.length > MOST_JOINED || !(this.held || this.flushing)) this.flush();
  }

  flush(): void {
    if (this.joined === '') return;
    const text = this.joined;
    this.joined = '';
    if (!this.wire.destroyed) this.wire.writeText(text);
  }

  /** Sends a head, or trailers. @param block compressed */
  head(stream: number, block: string, end: boolean): void {
    this.frames(headFrames(block, end ? END_STREAM : 0, stream, this.frameSize));
  }

  /**
   * Sends one frame of a body, at most as long as a frame may be.
   *
   * @param owned whether the bytes stay as they are until they are sent
   */
  data(stream: number, bytes: Uint8Array | string, end: boolean, owned: boolean): void {
    const { length } = bytes;
    this.window -= length;
    const flags = end ? END_STREAM : 0;
    if (typeof bytes === 'string' || length <= SMALL) this.frames(dataFrame(bytes, flags, stream));
    else {
      if (this.wire.destroyed) return;
      this.wire.cork();
      this.joined += frameHeader(length, DATA, flags, stream);
      this.flush();
      if (owned) this.wire.write(bytes);
      else this.copies.write(this.wire, bytes);
      this.wire.uncork();
    }
  }

  /**
   * Compresses a response's head.
   *
   * @param lines field lines as HTTP/1.1 has them, each ending in CRLF
   */
  compress(status: number, lines: string, length: number): string {
    const { encoder } = this;
    let block = encoder.begin() + encoder.status(status) + compressLines(encoder, lines, 0, passes);
    if (length !== -1) block += encoder.field('content-length', String(length));
    return block;
  }

  compressTrailers(lines: string): string {
    const { encoder } = this;
    return encoder.begin() + compressLines(encoder, lines, 0, passes);
  }
}

const passes = (name: string): boolean => !CONNECTION_FIELDS.has(name);
