import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  afterFailure,
  afterSuccess,
  HEALTHY,
  HTTP_FAILURE,
  isHealthy,
  TCP_FAILURE,
  TIMEOUT,
  UNHEALTHY,
} from './health-state.ts';

const kinds = [HTTP_FAILURE, TCP_FAILURE, TIMEOUT] as const;

/** The same with one number for each thing that is counted. */
class Counters {
  healthy = true;
  successes = 0;
  readonly failures = new Map(kinds.map((kind) => [kind, 0]));

  fail(kind: (typeof kinds)[number], limit: number): void {
    this.successes = 0;
    if (!this.healthy) return;
    const failures = this.failures.get(kind)! + 1;
    this.failures.set(kind, failures);
    if (failures >= limit) this.healthy = false;
  }

  succeed(limit: number): void {
    for (const kind of kinds) this.failures.set(kind, 0);
    if (this.healthy) return;
    this.successes++;
    if (this.successes < limit) return;
    this.successes = 0;
    this.healthy = true;
  }
}

describe('the state of an address in one word', () => {
  it('becomes unhealthy with the last failure of a kind that is one too many', () => {
    let state = HEALTHY;
    for (let failures = 1; failures <= 254; failures++) {
      for (const kind of kinds) state = afterFailure(state, kind, 255);
    }
    assert.ok(isHealthy(state));
    for (const kind of kinds) assert.equal(afterFailure(state, kind, 255), UNHEALTHY);
  });

  it('becomes healthy with the last success that it takes, and all is forgotten', () => {
    let state = UNHEALTHY;
    for (let successes = 1; successes <= 254; successes++) state = afterSuccess(state, 255);
    assert.ok(!isHealthy(state));
    assert.equal(afterSuccess(state, 255), HEALTHY);
  });

  it('counts like one number for each thing, whatever comes in whatever order', () => {
    const limit = fc.integer({ min: 1, max: 6 });
    const event = fc.oneof(
      fc.record({ kind: fc.constantFrom(...kinds) }),
      fc.constant({ kind: null }),
    );
    fc.assert(
      fc.property(limit, limit, fc.array(event, { maxLength: 60 }), (failing, rising, events) => {
        const counters = new Counters();
        let state = HEALTHY;
        for (const { kind } of events) {
          if (kind === null) {
            counters.succeed(rising);
            state = afterSuccess(state, rising);
          } else {
            counters.fail(kind, failing);
            state = afterFailure(state, kind, failing);
          }
          assert.equal(isHealthy(state), counters.healthy);
        }
      }),
    );
  });
});
