import type { HealthchecksRecord } from '../../../snapshot/records.ts';
import {
  HTTP_FAILURE,
  TCP_FAILURE,
  TIMEOUT,
  type HealthKey,
  type TargetHealth,
} from '../../../shm/target-health.ts';

const GATEWAY_TIMEOUT = 504;

/**
 * What the requests that go to one address say about its health, by the rules of its upstream. Counts
 * what the upstream answered, whatever a plugin makes of it.
 */
export class PeerHealth {
  readonly #table: TargetHealth;
  readonly #rules: HealthchecksRecord;
  readonly #key: HealthKey;
  #slot: number;

  constructor(table: TargetHealth, rules: HealthchecksRecord, key: HealthKey) {
    this.#table = table;
    this.#rules = rules;
    this.#key = key;
    this.#slot = table.claim(key);
  }

  get healthy(): boolean {
    return this.#table.isHealthy(this.#slot);
  }

  /** It answered, or the gateway did with this status since its last attempt there had failed. */
  answered(status: number): void {
    const rules = this.#rules;
    if (status === GATEWAY_TIMEOUT) this.timedOut();
    else if (rules.healthy_statuses.includes(status)) {
      if (rules.successes > 0) this.#table.countSuccess(this.#slot, rules.successes);
    } else if (rules.unhealthy_statuses.includes(status) && rules.http_failures > 0) {
      this.#table.countFailure(this.#slot, HTTP_FAILURE, rules.http_failures);
    }
  }

  /** A connection for a stream stands. */
  connected(): void {
    const { successes } = this.#rules;
    if (successes > 0) this.#table.countSuccess(this.#slot, successes);
  }

  timedOut(): void {
    const { timeouts } = this.#rules;
    if (timeouts > 0) this.#table.countFailure(this.#slot, TIMEOUT, timeouts);
  }

  /** The connection could not be made, or broke. */
  disconnected(): void {
    const { tcp_failures: limit } = this.#rules;
    if (limit > 0) this.#table.countFailure(this.#slot, TCP_FAILURE, limit);
  }

  /**
   * Says that the address is still in use.
   *
   * @returns whether its health is now kept elsewhere and may be another
   */
  renew(): boolean {
    const before = this.#slot;
    this.#slot = this.#table.claim(this.#key);
    return this.#slot !== before;
  }
}
