import { inOnePiece } from '../in-one-piece.ts';

/** How often the wall clock is compared with the monotonic one, ms. */
const SYNC_INTERVAL = 1000;

/**
 * The thread's clocks. Reading the monotonic clock costs as much as parsing a small head, so it is
 * read once an event and its last reading serves for everything that the event leads to.
 */
export class ThreadClock {
  /** The last reading of the monotonic clock, ms with a fraction: exact enough for deadlines. */
  time = performance.now();
  /** Added to the monotonic clock it gives the wall clock, ms. Follows when that is set anew. */
  private epoch = Date.now() - performance.now();
  private second = -1;
  private line = '';
  private readonly timer: NodeJS.Timeout;

  constructor() {
    this.timer = setInterval(() => (this.epoch = Date.now() - this.now()), SYNC_INTERVAL);
    this.timer.unref();
  }

  /** Reads the monotonic clock, ms with a fraction. */
  now(): number {
    return (this.time = performance.now());
  }

  /** Wall clock of the last reading, whole ms since the epoch. */
  get wall(): number {
    return Math.floor(this.epoch + this.time);
  }

  /** Wall clock of an instant of the monotonic one, ms since the epoch. */
  wallOf(time: number): number {
    return this.epoch + time;
  }

  /** `Date: …` line with CRLF, for answers of the current second. */
  get dateLine(): string {
    const second = Math.floor((this.epoch + this.time) / 1000);
    if (second !== this.second) {
      this.second = second;
      this.line = inOnePiece(`Date: ${new Date(second * 1000).toUTCString()}\r\n`);
    }
    return this.line;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
