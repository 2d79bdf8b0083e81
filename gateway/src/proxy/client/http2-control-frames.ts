import * as h2 from '../http2/frames.ts';
import { takeSettings, type SettingsTaker } from './http2-client-settings.ts';
import type { Http2Connection } from './http2-connection.ts';

/** Frames of a client that concern its connection rather than a request: RFC 9113 section 6. */
export class Http2ControlFrames implements SettingsTaker {
  /** The client has said what it takes. */
  hasSettings = false;
  /** What a client takes of the body of each stream that it begins. */
  firstWindow = h2.FIRST_WINDOW;
  private readonly connection: Http2Connection;

  constructor(connection: Http2Connection) {
    this.connection = connection;
  }

  onSettings(flags: number, stream: number, bytes: Buffer, start: number, end: number): void {
    const { connection } = this;
    const length = end - start;
    if (stream !== 0) this.breach();
    else if ((flags & h2.ACK) !== 0) {
      if (length !== 0) this.wrongSize();
      else connection.idleFrame();
    } else if (length % 6 !== 0) this.wrongSize();
    else if (connection.idleFrame()) this.take(takeSettings(bytes, start, end, this));
  }

  /** @param problem the code of the error that the settings are, or `NO_ERROR` */
  private take(problem: number): void {
    const { connection } = this;
    if (problem === h2.PROTOCOL_ERROR) this.breach();
    else if (problem !== h2.NO_ERROR) connection.fail(problem, 'flow_control');
    else {
      connection.output.frames(h2.SETTINGS_ACK);
      this.hasSettings = true;
      connection.onSettled();
    }
  }

  setTableSize(size: number): void {
    this.connection.output.encoder.allow(size);
  }

  setFirstWindow(size: number): boolean {
    const change = size - this.firstWindow;
    this.firstWindow = size;
    return this.connection.streams.widenAll(change);
  }

  onPing(flags: number, stream: number, bytes: Buffer, start: number, end: number): void {
    const { connection } = this;
    if (stream !== 0) this.breach();
    else if (end - start !== 8) this.wrongSize();
    else if (connection.idleFrame()) {
      const payload = bytes.toString('latin1', start, end);
      if ((flags & h2.ACK) === 0) connection.output.frames(h2.ping(payload, true));
      else connection.farewell.onPingAnswered(payload);
    }
  }

  onWindow(stream: number, bytes: Buffer, start: number, end: number): void {
    const { connection } = this;
    if (end - start !== 4) {
      this.wrongSize();
      return;
    }
    if (!connection.idleFrame()) return;
    const increment = bytes.readUInt32BE(start) & h2.MOST_WINDOW;
    const { output, streams } = connection;
    if (stream !== 0) streams.onWindow(stream, increment);
    else if (increment === 0) this.breach();
    else {
      output.window += increment;
      if (output.window > h2.MOST_WINDOW) connection.fail(h2.FLOW_CONTROL_ERROR, 'flow_control');
      else streams.pump();
    }
  }

  /** Priorities are outdated, and mean nothing here: RFC 9113 section 5.3. */
  onPriority(stream: number, bytes: Buffer, start: number, end: number): void {
    if (stream === 0) this.breach();
    else if (end - start !== 5) this.wrongSize();
    else if ((bytes.readUInt32BE(start) & h2.MOST_WINDOW) === stream) this.breach();
    else this.connection.idleFrame();
  }

  /** A client that begins nothing more still gets its responses. */
  onGoaway(stream: number, length: number): void {
    if (stream !== 0) this.breach();
    else if (length < 8) this.wrongSize();
    else this.connection.idleFrame();
  }

  private breach(): void {
    this.connection.fail(h2.PROTOCOL_ERROR, 'protocol');
  }

  private wrongSize(): void {
    this.connection.fail(h2.FRAME_SIZE_ERROR, 'frame_size');
  }
}
