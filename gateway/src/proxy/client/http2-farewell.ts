import * as h2 from '../http2/frames.ts';
import type { Http2Connection } from './http2-connection.ts';

/** How long a client may take to notice that it is to begin nothing more, ms. */
const LAST_CALL = 1000;
const LAST_CALL_PING = 'draining';

const OPEN = 0;
/** The client was told to begin nothing more, and may not know it yet. */
const LAST_CALLED = 1;
/** What it begins now is passed over. */
const ENDING = 2;

/**
 * Ends a connection of HTTP/2 without losing a request: RFC 9113 section 6.8. The client is told first
 * that this is the last call; what it began before it heard of that is served still.
 */
export class Http2Farewell {
  private readonly connection: Http2Connection;
  private stage: 0 | 1 | 2 = OPEN;

  constructor(connection: Http2Connection) {
    this.connection = connection;
  }

  /** The client may not know yet that it is to begin nothing more. */
  get isLastCall(): boolean {
    return this.stage === LAST_CALLED;
  }

  /** Nothing more is begun: the connection ends with what is under way. */
  get isEnding(): boolean {
    return this.stage === ENDING;
  }

  begin(): void {
    if (this.stage !== OPEN) return;
    this.stage = LAST_CALLED;
    const { connection } = this;
    const told = h2.goaway(h2.MOST_WINDOW, h2.NO_ERROR) + h2.ping(LAST_CALL_PING, false);
    connection.output.frames(told);
    connection.wheel.arm(connection, connection.now(), LAST_CALL);
  }

  onPingAnswered(payload: string): void {
    if (payload === LAST_CALL_PING && this.isLastCall) this.end();
  }

  /** What the client begins from now on is passed over. */
  end(): void {
    const { streams, output } = this.connection;
    this.stage = ENDING;
    streams.endAt = streams.last;
    output.frames(h2.goaway(streams.last, h2.NO_ERROR));
    this.connection.onFarewell();
  }
}
