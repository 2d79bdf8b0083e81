/** How long an empty bucket takes to fill, ms. */
const FILLING = 10_000;

/** Allows so many of something at once, and so many again in every ten seconds. */
export class TokenBucket {
  private readonly size: number;
  private tokens: number;
  private filledAt: number;

  /** @param now monotonic clock, ms */
  constructor(size: number, now: number) {
    this.size = size;
    this.tokens = size;
    this.filledAt = now;
  }

  /** @returns false when there is none left */
  take(now: number): boolean {
    const filled = ((now - this.filledAt) * this.size) / FILLING;
    this.tokens = Math.min(this.size, this.tokens + filled) - 1;
    this.filledAt = now;
    return this.tokens >= 0;
  }

  give(count: number): void {
    this.tokens = Math.min(this.size, this.tokens + count);
  }
}
