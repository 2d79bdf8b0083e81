import type { Http2Settings } from '../../settings/node-settings.ts';
import { TokenBucket } from './token-bucket.ts';

/** Frames that may bring nothing for each that does. */
const FOR_EACH_USEFUL = 4;

/**
 * Tells a client that has much to do from one that keeps the gateway busy. What costs the client less
 * than the gateway is limited, by how often it comes beside what requests and responses need.
 */
export class FloodGuard {
  private readonly resets: TokenBucket;
  private readonly frames: TokenBucket;

  /** @param now monotonic clock, ms */
  constructor(limits: Http2Settings, now: number) {
    this.resets = new TokenBucket(limits.maxResets, now);
    this.frames = new TokenBucket(limits.maxIdleFrames, now);
  }

  /** A stream ended before its time, by the client's doing. @returns whether that may be */
  reset(now: number): boolean {
    return this.resets.take(now);
  }

  /** A frame came that moves no request along. @returns whether that may be */
  idle(now: number): boolean {
    return this.frames.take(now);
  }

  /** A piece of a request or a response passed: some frames go with it. */
  earned(): void {
    this.frames.give(FOR_EACH_USEFUL);
  }

  /** A response was taken to its end. */
  completed(): void {
    this.resets.give(1);
  }
}
