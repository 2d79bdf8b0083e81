/** Frames of HTTP/2: RFC 9113 sections 4, 6 and 7. */

export const DATA = 0;
export const HEADERS = 1;
export const PRIORITY = 2;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PUSH_PROMISE = 5;
export const PING = 6;
export const GOAWAY = 7;
export const WINDOW_UPDATE = 8;
export const CONTINUATION = 9;

export const ACK = 0x1;
export const END_STREAM = 0x1;
export const END_HEADERS = 0x4;
export const PADDED = 0x8;
export const WITH_PRIORITY = 0x20;

export const SETTINGS_HEADER_TABLE_SIZE = 1;
export const SETTINGS_ENABLE_PUSH = 2;
export const SETTINGS_MAX_CONCURRENT_STREAMS = 3;
export const SETTINGS_INITIAL_WINDOW_SIZE = 4;
export const SETTINGS_MAX_FRAME_SIZE = 5;
export const SETTINGS_MAX_HEADER_LIST_SIZE = 6;

export const NO_ERROR = 0;
export const PROTOCOL_ERROR = 1;
export const INTERNAL_ERROR = 2;
export const FLOW_CONTROL_ERROR = 3;
export const SETTINGS_TIMEOUT = 4;
export const STREAM_CLOSED = 5;
export const FRAME_SIZE_ERROR = 6;
export const REFUSED_STREAM = 7;
export const CANCEL = 8;
export const COMPRESSION_ERROR = 9;
export const ENHANCE_YOUR_CALM = 11;

/** Bytes in front of each payload. */
export const FRAME_HEADER = 9;
/** Longest payload that everybody takes, and that this side asks for. */
export const FRAME_SIZE = 16_384;
/** Windows before anybody said otherwise. */
export const FIRST_WINDOW = 65_535;
export const MOST_WINDOW = 0x7fff_ffff;

/** The nine bytes in front of a payload, one character each. */
export function frameHeader(length: number, type: number, flags: number, stream: number): string {
  return String.fromCharCode(
    length >>> 16,
    (length >>> 8) & 255,
    length & 255,
    type,
    flags,
    (stream >>> 24) & 127,
    (stream >>> 16) & 255,
    (stream >>> 8) & 255,
    stream & 255,
  );
}

/** A number of four bytes, one character each. */
export function uint32(value: number): string {
  return String.fromCharCode(
    (value >>> 24) & 255,
    (value >>> 16) & 255,
    (value >>> 8) & 255,
    value & 255,
  );
}

export function windowUpdate(stream: number, increment: number): string {
  return frameHeader(4, WINDOW_UPDATE, 0, stream) + uint32(increment);
}

export function rstStream(stream: number, code: number): string {
  return frameHeader(4, RST_STREAM, 0, stream) + uint32(code);
}

export function goaway(lastStream: number, code: number): string {
  return frameHeader(8, GOAWAY, 0, 0) + uint32(lastStream) + uint32(code);
}

/** @param payload eight characters */
export function ping(payload: string, ack: boolean): string {
  return frameHeader(8, PING, ack ? ACK : 0, 0) + payload;
}

export const SETTINGS_ACK = frameHeader(0, SETTINGS, ACK, 0);

/** @param settings pairs of identifier and value */
export function settingsFrame(settings: readonly (readonly [number, number])[]): string {
  let payload = '';
  for (const [id, value] of settings) {
    payload += String.fromCharCode(id >>> 8, id & 255) + uint32(value);
  }
  return frameHeader(payload.length, SETTINGS, 0, 0) + payload;
}

/**
 * A piece of a body, in one text with what stands in front of it.
 *
 * @param data of at most a frame's length; one character a byte where it is text
 * @param flags END_STREAM or 0
 */
export function dataFrame(data: Uint8Array | string, flags: number, stream: number): string {
  const header = frameHeader(data.length, DATA, flags, stream);
  if (typeof data === 'string') return header + data;
  return header + Buffer.from(data.buffer, data.byteOffset, data.length).toString('latin1');
}

/**
 * A head: HEADERS, and as many CONTINUATION frames as it takes.
 *
 * @param block one character a byte
 * @param flags END_STREAM or 0
 * @param frameSize longest payload that the other side takes
 */
export function headFrames(
  block: string,
  flags: number,
  stream: number,
  frameSize: number,
): string {
  const { length } = block;
  if (length <= frameSize) return frameHeader(length, HEADERS, flags | END_HEADERS, stream) + block;
  let frames = frameHeader(frameSize, HEADERS, flags, stream) + block.slice(0, frameSize);
  for (let at = frameSize; at < length; at += frameSize) {
    const piece = block.slice(at, at + frameSize);
    const end = at + frameSize >= length ? END_HEADERS : 0;
    frames += frameHeader(piece.length, CONTINUATION, end, stream) + piece;
  }
  return frames;
}
