import {
  FLOW_CONTROL_ERROR,
  FRAME_SIZE,
  MOST_WINDOW,
  NO_ERROR,
  PROTOCOL_ERROR,
  SETTINGS_ENABLE_PUSH,
  SETTINGS_HEADER_TABLE_SIZE,
  SETTINGS_INITIAL_WINDOW_SIZE,
  SETTINGS_MAX_FRAME_SIZE,
} from '../http2/frames.ts';

const LONGEST_FRAME = 2 ** 24 - 1;

/** What a client can set that matters to a server. */
export interface SettingsTaker {
  setTableSize(size: number): void;
  /** @returns whether no window became larger than it may be */
  setFirstWindow(size: number): boolean;
}

/**
 * Takes the settings of a client: RFC 9113 section 6.5. Those that nobody knows are passed over, and
 * longer frames than every client takes are never sent.
 *
 * @returns the code of the error that they are, or `NO_ERROR`
 */
export function takeSettings(
  bytes: Buffer,
  start: number,
  end: number,
  taker: SettingsTaker,
): number {
  let firstWindow = -1;
  for (let p = start; p < end; p += 6) {
    const value = bytes.readUInt32BE(p + 2);
    switch (bytes.readUInt16BE(p)) {
      case SETTINGS_HEADER_TABLE_SIZE:
        taker.setTableSize(value);
        break;
      case SETTINGS_ENABLE_PUSH:
        if (value > 1) return PROTOCOL_ERROR;
        break;
      case SETTINGS_INITIAL_WINDOW_SIZE:
        if (value > MOST_WINDOW) return FLOW_CONTROL_ERROR;
        firstWindow = value;
        break;
      case SETTINGS_MAX_FRAME_SIZE:
        if (value < FRAME_SIZE || value > LONGEST_FRAME) return PROTOCOL_ERROR;
        break;
    }
  }
  // It concerns every stream, and could come thousands of times in one frame.
  const fits = firstWindow === -1 || taker.setFirstWindow(firstWindow);
  return fits ? NO_ERROR : FLOW_CONTROL_ERROR;
}
