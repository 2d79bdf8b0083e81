import * as frames from '../../http2/frames.ts';
import type { FrameSink } from '../../http2/frame-reader.ts';
import { HeadBlock } from '../../http2/head-block.ts';
import { HpackDecoder } from '../../http2/hpack-decoder.ts';
import type { Http2Connection } from './http2-connection.ts';
import { CONNECTION_WINDOW } from './http2-windows.ts';

/** Size of the table for heads that this side keeps, bytes: the one that goes without saying. */
const TABLE = 4096;
/** Most bytes of a compressed head, and most frames behind the first that it may come in. */
const LONGEST_BLOCK = 256 * 1024;
const MOST_CONTINUATIONS = 64;
/** Most frames in one read that only ask to be answered. */
const MOST_QUESTIONS = 1000;

/** Reads what an upstream sends in HTTP/2: RFC 9113. What breaks the rules ends the connection. */
export class Http2Reader implements FrameSink {
  readonly #connection: Http2Connection;
  readonly #decoder = new HpackDecoder(TABLE);
  #greeted = false;
  /** Bytes that arrived since the upstream was last told to go on. */
  #received = 0;
  #questions = 0;
  /** A head of which the rest is to come. */
  #block: HeadBlock | null = null;

  constructor(connection: Http2Connection) {
    this.#connection = connection;
  }

  onOversized(): void {
    this.#connection.broken(frames.FRAME_SIZE_ERROR);
  }

  onFrame(
    type: number,
    flags: number,
    stream: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): boolean {
    const problem = this.#read(type, flags, stream, bytes, start, end);
    if (problem === frames.NO_ERROR) return true;
    this.#connection.broken(problem);
    return false;
  }

  /** @returns `NO_ERROR`, or what is wrong with the connection */
  #read(
    type: number,
    flags: number,
    id: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): number {
    if (!this.#greeted) {
      if (type !== frames.SETTINGS || (flags & frames.ACK) !== 0) return frames.PROTOCOL_ERROR;
      this.#greeted = true;
    }
    if ((this.#block !== null) !== (type === frames.CONTINUATION)) return frames.PROTOCOL_ERROR;
    switch (type) {
      case frames.DATA:
        return this.#onData(flags, id, bytes, start, end);
      case frames.HEADERS:
        return this.#onHeaders(flags, id, bytes, start, end);
      case frames.CONTINUATION:
        return this.#onContinuation(flags, id, bytes, start, end);
      case frames.RST_STREAM:
        return this.#onReset(id, bytes, start, end);
      case frames.SETTINGS:
        return this.#onSettings(flags, id, bytes, start, end);
      case frames.PING:
        return this.#onPing(flags, id, bytes, start, end);
      case frames.GOAWAY:
        return this.#onGoaway(id, bytes, start, end);
      case frames.WINDOW_UPDATE:
        return this.#onWindowUpdate(id, bytes, start, end);
      case frames.PUSH_PROMISE:
        return frames.PROTOCOL_ERROR;
      default:
        // Kinds of frames that are not known are to be passed over.
        return this.#question();
    }
  }

  #onData(flags: number, id: number, bytes: Buffer, start: number, end: number): number {
    if (!this.#connection.streams.wasBegun(id)) return frames.PROTOCOL_ERROR;
    const counted = end - start;
    this.#received += counted;
    if (this.#received >= CONNECTION_WINDOW / 2) {
      this.#connection.output.write(frames.windowUpdate(0, this.#received));
      this.#received = 0;
    }
    let from = start;
    let to = end;
    if ((flags & frames.PADDED) !== 0) {
      if (counted === 0) return frames.FRAME_SIZE_ERROR;
      to -= bytes[from++]!;
      if (to < from) return frames.PROTOCOL_ERROR;
    }
    const last = (flags & frames.END_STREAM) !== 0;
    // Many frames with nothing in them are no way to send a body.
    if (from === to && !last && this.#question() !== frames.NO_ERROR) {
      return frames.ENHANCE_YOUR_CALM;
    }
    this.#connection.streams.get(id)?.onData(bytes.subarray(from, to), counted, last);
    return frames.NO_ERROR;
  }

  #onHeaders(flags: number, id: number, bytes: Buffer, start: number, end: number): number {
    if (!this.#connection.streams.wasBegun(id)) return frames.PROTOCOL_ERROR;
    let from = start;
    let to = end;
    if ((flags & frames.PADDED) !== 0) {
      if (from === to) return frames.FRAME_SIZE_ERROR;
      to -= bytes[from++]!;
    }
    if ((flags & frames.WITH_PRIORITY) !== 0) from += 5;
    if (to < from) return frames.PROTOCOL_ERROR;
    if ((flags & frames.END_HEADERS) !== 0) return this.#onHead(id, flags, bytes, from, to);
    this.#block = new HeadBlock(id, flags, bytes.subarray(from, to));
    return frames.NO_ERROR;
  }

  #onContinuation(flags: number, id: number, bytes: Buffer, start: number, end: number): number {
    const block = this.#block!;
    if (id !== block.stream) return frames.PROTOCOL_ERROR;
    block.add(bytes.subarray(start, end));
    const tooLong = block.length > LONGEST_BLOCK || block.continuations > MOST_CONTINUATIONS;
    if (tooLong) return frames.ENHANCE_YOUR_CALM;
    if ((flags & frames.END_HEADERS) === 0) return frames.NO_ERROR;
    this.#block = null;
    return this.#onHead(id, block.flags, block.whole(), 0, block.length);
  }

  /** @param flags of the frame that it began with */
  #onHead(id: number, flags: number, bytes: Buffer, start: number, end: number): number {
    const { headText } = this.#connection;
    headText.begin();
    // Of a stream that nobody waits for any more, too: later heads refer to this one.
    if (!this.#decoder.decode(bytes, start, end, headText)) return frames.COMPRESSION_ERROR;
    this.#connection.streams.get(id)?.onHead((flags & frames.END_STREAM) !== 0);
    return frames.NO_ERROR;
  }

  #onReset(id: number, bytes: Buffer, start: number, end: number): number {
    if (end - start !== 4) return frames.FRAME_SIZE_ERROR;
    if (!this.#connection.streams.wasBegun(id)) return frames.PROTOCOL_ERROR;
    const refused = bytes.readUInt32BE(start) === frames.REFUSED_STREAM;
    this.#connection.streams.get(id)?.onReset(refused);
    return frames.NO_ERROR;
  }

  #onSettings(flags: number, id: number, bytes: Buffer, start: number, end: number): number {
    if (id !== 0) return frames.PROTOCOL_ERROR;
    if ((flags & frames.ACK) !== 0) return frames.NO_ERROR;
    if ((end - start) % 6 !== 0) return frames.FRAME_SIZE_ERROR;
    for (let at = start; at < end; at += 6) {
      const setting = bytes.readUInt16BE(at);
      if (!this.#connection.onSetting(setting, bytes.readUInt32BE(at + 2))) {
        return frames.PROTOCOL_ERROR;
      }
    }
    this.#connection.output.write(frames.SETTINGS_ACK);
    return this.#question();
  }

  #onPing(flags: number, id: number, bytes: Buffer, start: number, end: number): number {
    if (id !== 0) return frames.PROTOCOL_ERROR;
    if (end - start !== 8) return frames.FRAME_SIZE_ERROR;
    if ((flags & frames.ACK) !== 0) return frames.NO_ERROR;
    this.#connection.output.write(frames.ping(bytes.toString('latin1', start, end), true));
    return this.#question();
  }

  #onGoaway(id: number, bytes: Buffer, start: number, end: number): number {
    if (id !== 0) return frames.PROTOCOL_ERROR;
    if (end - start < 8) return frames.FRAME_SIZE_ERROR;
    this.#connection.onGoaway(bytes.readUInt32BE(start) & 0x7fff_ffff);
    return frames.NO_ERROR;
  }

  #onWindowUpdate(id: number, bytes: Buffer, start: number, end: number): number {
    if (end - start !== 4) return frames.FRAME_SIZE_ERROR;
    const increment = bytes.readUInt32BE(start) & 0x7fff_ffff;
    if (increment === 0) return frames.PROTOCOL_ERROR;
    const fits = this.#connection.onWindowUpdate(id, increment);
    return fits ? frames.NO_ERROR : frames.FLOW_CONTROL_ERROR;
  }

  /** Counts what costs us work and brings no response on. */
  #question(): number {
    return ++this.#questions > MOST_QUESTIONS ? frames.ENHANCE_YOUR_CALM : frames.NO_ERROR;
  }

  /** What arrived together has been read. */
  onBatchEnd(): void {
    this.#questions = 0;
  }
}
