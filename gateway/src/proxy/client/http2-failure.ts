/** Why the gateway ended a connection of HTTP/2: a label of metrics, so there are few of them. */
export type Http2Failure =
  | 'protocol'
  | 'frame_size'
  | 'flow_control'
  | 'compression'
  | 'stream_closed'
  /** Streams were cancelled, or broken, faster than may be. */
  | 'resets'
  /** Frames that bring nothing came faster than may be. */
  | 'idle_frames'
  /** A head came in too many pieces, or was too long. */
  | 'continuation'
  | 'head_too_long'
  /** The rest of a frame did not come in time. */
  | 'slow_frame';
