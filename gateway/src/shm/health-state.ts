/*
 * The health of one address in one 32-bit word, so that a single exchange changes all of it:
 *
 *   healthy    bit 31 clear; failures in a row of each kind, 8 bits each from bit 0
 *   unhealthy  bit 31 set; successes in a row in the lowest 8 bits
 *
 * Only one side is ever counted: a success that counts takes back all failures, a failure that counts
 * takes back all successes. Zero is healthy, with nothing to be said against it.
 */

export const HEALTHY = 0;
export const UNHEALTHY = 0x8000_0000 | 0;

/** What speaks against a target; each kind is counted by itself. */
export const HTTP_FAILURE = 0;
export const TCP_FAILURE = 8;
export const TIMEOUT = 16;
export type FailureKind = typeof HTTP_FAILURE | typeof TCP_FAILURE | typeof TIMEOUT;

export function isHealthy(state: number): boolean {
  return state >= 0;
}

/** @param limit failures of this kind in a row that make a target unhealthy, 1 to 255 */
export function afterFailure(state: number, kind: FailureKind, limit: number): number {
  if (!isHealthy(state)) return UNHEALTHY;
  const failures = ((state >>> kind) & 0xff) + 1;
  return failures >= limit ? UNHEALTHY : state + (1 << kind);
}

/** @param limit successes in a row that make a target healthy again, 1 to 255 */
export function afterSuccess(state: number, limit: number): number {
  if (isHealthy(state)) return HEALTHY;
  return (state & 0xff) + 1 >= limit ? HEALTHY : state + 1;
}
