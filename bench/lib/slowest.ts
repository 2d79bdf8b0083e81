import type { LoggedRequest } from './h2load.ts';

/** A span of time, µs since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What requests met that were under way at some time in a span. */
export interface SpanReport {
  readonly requests: number;
  /** µs; 0 when there were none. */
  readonly slowest: number;
  /** Requests without an answer of 2xx. */
  readonly failures: number;
}

export function reportOf(requests: readonly LoggedRequest[], { from, to }: Span): SpanReport {
  let count = 0;
  let slowest = 0;
  let failures = 0;
  for (const { start, duration, status } of requests) {
    if (start > to || start + duration < from) continue;
    count++;
    slowest = Math.max(slowest, duration);
    if (status < 200 || status > 299) failures++;
  }
  return { requests: count, slowest, failures };
}

/** Now, µs since 1970. */
export function nowMicros(): number {
  return (performance.timeOrigin + performance.now()) * 1000;
}
