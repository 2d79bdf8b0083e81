/** Opcodes, RFC 6455 section 5.2: from 8 on frames are for control and no part of a message. */
const FIRST_CONTROL = 8;
const CLOSE = 8;

/** Bytes of a header up to the length of seven bits. */
const SHORT_HEADER = 2;
const MASK_BYTES = 4;

/** The code of a Close frame that tells none, RFC 6455 section 7.4.1. */
const NO_CODE = 1005;

/**
 * Follows the frames of one direction of a WebSocket while their bytes pass: it sees where frames end,
 * counts messages, and reads the code of the Close frame. It keeps nothing of what passes, and judges
 * nothing: whether frames are as they should be is for the two ends to say.
 */
export class FrameTracker {
  /** Messages of which the last frame has passed. */
  messages = 0;
  /** Code of the Close frame once it has passed, 0 before. */
  closeCode = 0;
  /** Bytes of the current frame's header that have passed, and how many it has. */
  #seen = 0;
  #header = SHORT_HEADER;
  /** The current frame's first byte. */
  #first = 0;
  /** Bytes of its payload that are still to come, once the header is complete. */
  #left = 0;
  #maskAt = 0;
  /** The mask's first two bytes: only the code in a Close frame is ever looked at. */
  #mask = 0;
  /** Bytes of that code, and the code so far. */
  #codeBytes = 0;
  #code = 0;

  /** Nothing of a frame has passed whose end has not. */
  get atBoundary(): boolean {
    return this.#seen === 0;
  }

  /** Follows all of `data`. */
  track(data: Uint8Array): void {
    let position = 0;
    while (position < data.length) position = this.#frame(data, position);
  }

  /**
   * Follows `data` to the end of the frame that is under way, or to its own.
   *
   * @returns how many bytes that is
   */
  trackFrame(data: Uint8Array): number {
    let position = 0;
    while (position < data.length) {
      position = this.#frame(data, position);
      if (this.atBoundary) break;
    }
    return position;
  }

  /** @returns where the frame ends, or the data */
  #frame(data: Uint8Array, from: number): number {
    let position = from;
    while (this.#seen < this.#header && position < data.length) this.#onHeader(data[position++]!);
    if (this.#seen < this.#header) return position;
    const length = Math.min(this.#left, data.length - position);
    if (this.#isClose) this.#readCode(data, position, length);
    this.#left -= length;
    if (this.#left === 0) this.#onEnd();
    return position + length;
  }

  #onHeader(byte: number): void {
    const index = this.#seen++;
    if (index === 0) this.#first = byte;
    else if (index === 1) this.#onLength(byte);
    else if (index < this.#maskAt) this.#left = this.#left * 256 + byte;
    else if (index < this.#maskAt + 2) this.#mask = this.#mask * 256 + byte;
  }

  #onLength(byte: number): void {
    const length = byte & 0x7f;
    const isLong = length > 125;
    const lengthBytes = length === 127 ? 8 : 2;
    this.#left = isLong ? 0 : length;
    this.#maskAt = SHORT_HEADER + (isLong ? lengthBytes : 0);
    this.#header = this.#maskAt + (byte > 0x7f ? MASK_BYTES : 0);
    this.#mask = 0;
  }

  get #isClose(): boolean {
    return (this.#first & 0x0f) === CLOSE;
  }

  #readCode(data: Uint8Array, from: number, length: number): void {
    const end = from + Math.min(length, 2 - this.#codeBytes);
    for (let position = from; position < end; position++) {
      this.#code = this.#code * 256 + data[position]!;
      this.#codeBytes++;
    }
  }

  #onEnd(): void {
    if (this.#isClose) {
      this.closeCode ||= this.#codeBytes === 2 ? this.#code ^ this.#mask : NO_CODE;
    } else if ((this.#first & 0x0f) < FIRST_CONTROL && this.#first > 0x7f) this.messages++;
    this.#seen = 0;
    this.#header = SHORT_HEADER;
  }
}
