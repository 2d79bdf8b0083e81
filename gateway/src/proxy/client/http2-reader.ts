import * as h2 from '../http2/frames.ts';
import { FrameReader, type FrameSink } from '../http2/frame-reader.ts';
import { PREFACE } from '../http2/preface.ts';
import type { Http2Connection } from './http2-connection.ts';

/** Reads what a client sends in HTTP/2: the preface, then frames, each of which goes to whom it concerns. */
export class Http2Reader implements FrameSink {
  private readonly connection: Http2Connection;
  private readonly frames = new FrameReader(h2.FRAME_SIZE);
  /** Bytes of the preface that have arrived. */
  private prefaced = 0;
  /** Something of what was read last was whole. */
  moved = false;

  constructor(connection: Http2Connection) {
    this.connection = connection;
  }

  /** Part of a frame waits for the rest. */
  get waiting(): boolean {
    return this.frames.waiting;
  }

  /** @returns whether the connection goes on */
  read(buffer: Buffer, length: number): boolean {
    this.moved = false;
    const start = this.readPreface(buffer, length);
    return start !== -1 && this.frames.read(buffer, start, length, this);
  }

  /** @returns where frames begin, or -1 when the client speaks something else */
  private readPreface(buffer: Buffer, length: number): number {
    const wanted = PREFACE.length - this.prefaced;
    if (wanted === 0) return 0;
    const count = Math.min(wanted, length);
    const from = this.prefaced;
    if (PREFACE.compare(buffer, 0, count, from, from + count) !== 0) {
      this.breach();
      return -1;
    }
    this.prefaced += count;
    return count;
  }

  onFrame(
    type: number,
    flags: number,
    stream: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): boolean {
    const { connection } = this;
    this.moved = true;
    const continues = connection.streams.awaits;
    const { hasSettings } = connection.control;
    if (!hasSettings && (type !== h2.SETTINGS || (flags & h2.ACK) !== 0)) this.breach();
    else if (continues !== 0 && (type !== h2.CONTINUATION || stream !== continues)) this.breach();
    else this.take(type, flags, stream, bytes, start, end);
    return connection.isOpen;
  }

  private take(
    type: number,
    flags: number,
    stream: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    const { connection } = this;
    const { streams, control } = connection;
    switch (type) {
      case h2.DATA:
        streams.onData(flags, stream, bytes, start, end);
        break;
      case h2.HEADERS:
        streams.onHeaders(flags, stream, bytes, start, end);
        break;
      case h2.CONTINUATION:
        streams.onContinuation(flags, bytes, start, end);
        break;
      case h2.RST_STREAM:
        if (end - start !== 4) connection.fail(h2.FRAME_SIZE_ERROR, 'frame_size');
        else streams.onReset(stream);
        break;
      case h2.SETTINGS:
        control.onSettings(flags, stream, bytes, start, end);
        break;
      case h2.PING:
        control.onPing(flags, stream, bytes, start, end);
        break;
      case h2.WINDOW_UPDATE:
        control.onWindow(stream, bytes, start, end);
        break;
      case h2.PRIORITY:
        control.onPriority(stream, bytes, start, end);
        break;
      case h2.PUSH_PROMISE:
        this.breach();
        break;
      case h2.GOAWAY:
        control.onGoaway(stream, end - start);
        break;
      default:
        connection.idleFrame();
    }
  }

  onOversized(): void {
    this.connection.fail(h2.FRAME_SIZE_ERROR, 'frame_size');
  }

  private breach(): void {
    this.connection.fail(h2.PROTOCOL_ERROR, 'protocol');
  }
}
