import { giveBackFrameMemory, memoryForFrame } from './frame-memory.ts';
import { FRAME_HEADER } from './frames.ts';

/** Takes frames as they arrive. */
export interface FrameSink {
  /**
   * The payload stands from `start` to `end` in `bytes` and is only valid during the call.
   *
   * @returns false when nothing more is to be read
   */
  onFrame(
    type: number,
    flags: number,
    stream: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): boolean;
  /** A frame announces more than this side takes. Nothing more is read. */
  onOversized(): void;
}

/** Cuts what arrives into frames. Only a frame that arrives in pieces is copied. */
export class FrameReader {
  private readonly longest: number;
  /** A frame of which the rest is to come: its header, or all of it. */
  private partial: Buffer | null = null;
  /** Bytes that `partial` is to have, and has. */
  private wanted = 0;
  private filled = 0;

  /** @param longest payload that is taken, bytes */
  constructor(longest: number) {
    this.longest = longest;
  }

  /** Part of a frame has arrived. */
  get waiting(): boolean {
    return this.partial !== null;
  }

  /** Reads what stands from `start` to `end`. @returns false when `sink` wants no more */
  read(bytes: Buffer, start: number, end: number, sink: FrameSink): boolean {
    let position = start;
    while (position < end) {
      const { partial } = this;
      if (partial !== null) {
        position += this.fill(partial, bytes, position, end);
        if (!this.deliverPartial(sink)) return false;
        continue;
      }
      const length = end - position < FRAME_HEADER ? -1 : lengthAt(bytes, position);
      if (length > this.longest) return this.refuse(sink);
      const next = position + FRAME_HEADER + length;
      if (length === -1 || next > end) {
        this.wanted = FRAME_HEADER + Math.max(length, 0);
        this.partial = memoryForFrame(this.wanted);
        this.filled = 0;
        continue;
      }
      if (!deliver(sink, bytes, position, next)) return false;
      position = next;
    }
    return true;
  }

  private fill(partial: Buffer, bytes: Buffer, position: number, end: number): number {
    const count = Math.min(end - position, this.wanted - this.filled);
    bytes.copy(partial, this.filled, position, position + count);
    this.filled += count;
    return count;
  }

  /** Hands the frame on if it is complete; makes room for the rest once its length is known. */
  private deliverPartial(sink: FrameSink): boolean {
    const partial = this.partial!;
    const { wanted } = this;
    if (this.filled < wanted) return true;
    const length = lengthAt(partial, 0);
    if (length > this.longest) return this.refuse(sink);
    if (wanted === FRAME_HEADER && length > 0) {
      this.wanted = FRAME_HEADER + length;
      this.partial = memoryForFrame(this.wanted);
      partial.copy(this.partial, 0, 0, FRAME_HEADER);
      return true;
    }
    this.partial = null;
    const goesOn = deliver(sink, partial, 0, wanted);
    giveBackFrameMemory(partial);
    return goesOn;
  }

  private refuse(sink: FrameSink): false {
    this.partial = null;
    sink.onOversized();
    return false;
  }
}

function lengthAt(bytes: Buffer, position: number): number {
  return (bytes[position]! << 16) | (bytes[position + 1]! << 8) | bytes[position + 2]!;
}

function deliver(sink: FrameSink, bytes: Buffer, position: number, end: number): boolean {
  const stream = bytes.readUInt32BE(position + 5) & 0x7fff_ffff;
  const start = position + FRAME_HEADER;
  return sink.onFrame(bytes[position + 3]!, bytes[position + 4]!, stream, bytes, start, end);
}
