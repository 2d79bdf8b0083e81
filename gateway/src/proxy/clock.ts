/**
 * The thread's clocks. Reading the wall clock and formatting dates is done a few times a second,
 * not once a request.
 */
export class CoarseClock {
  /** Wall clock, ms since the epoch, at most 5 ms old. */
  wall = Date.now();
  /** `Date: …` line with CRLF, for answers of the current second. */
  dateLine = '';
  private second = 0;
  private readonly timer: NodeJS.Timeout;

  constructor() {
    this.update();
    this.timer = setInterval(() => this.update(), 5);
    this.timer.unref();
  }

  private update(): void {
    this.wall = Date.now();
    const second = Math.floor(this.wall / 1000);
    if (second === this.second) return;
    this.second = second;
    this.dateLine = `Date: ${new Date(this.wall).toUTCString()}\r\n`;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
