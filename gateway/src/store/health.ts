import { StoreUnavailable, type StoreHealth } from './contract.ts';
import type { UnavailableReason } from './errors.ts';

/** Whoever finds it so has reached it. */
const reached: readonly UnavailableReason[] = ['full', 'locked', 'read-only', 'foreign'];

/** Keeps in mind whether a store could be used when it was used last. */
export class HealthRecord {
  #health: StoreHealth = { reachable: true, problem: null, since: Date.now() };
  #failure: StoreUnavailable | null = null;
  readonly #onChange: () => void;

  /** @param onChange called when the store was lost or found */
  constructor(onChange: () => void = () => undefined) {
    this.#onChange = onChange;
  }

  get current(): StoreHealth {
    return this.#health;
  }

  /** Why it cannot be used; null when it can. */
  get failure(): StoreUnavailable | null {
    return this.#failure;
  }

  found(): void {
    if (this.#health.reachable) return;
    this.#failure = null;
    this.#health = { reachable: true, problem: null, since: Date.now() };
    this.#onChange();
  }

  /** Takes note of an error, if it means that the store cannot be used at all. */
  note(error: unknown): void {
    if (!(error instanceof StoreUnavailable)) return;
    const { reason, message } = error;
    if (reached.includes(reason)) return;
    this.#failure = error;
    const wasReachable = this.#health.reachable;
    const since = wasReachable ? Date.now() : this.#health.since;
    this.#health = { reachable: false, problem: message, since };
    if (wasReachable) this.#onChange();
  }
}
