import { StoreUnavailable, type StoreHealth } from './contract.ts';

/** Keeps in mind whether a store could be used when it was used last. */
export class HealthRecord {
  #health: StoreHealth = { reachable: true, problem: null, since: Date.now() };
  readonly #onChange: () => void;

  /** @param onChange called when the store was lost or found */
  constructor(onChange: () => void = () => undefined) {
    this.#onChange = onChange;
  }

  get current(): StoreHealth {
    return this.#health;
  }

  found(): void {
    if (this.#health.reachable) return;
    this.#health = { reachable: true, problem: null, since: Date.now() };
    this.#onChange();
  }

  /** Takes note of an error, if it means that the store cannot be used at all. */
  note(error: unknown): void {
    if (!(error instanceof StoreUnavailable)) return;
    const { reason, message } = error;
    // Whoever finds it full, busy or read-only has reached it.
    if (reason === 'full' || reason === 'locked' || reason === 'read-only') return;
    const wasReachable = this.#health.reachable;
    const since = wasReachable ? Date.now() : this.#health.since;
    this.#health = { reachable: false, problem: message, since };
    if (wasReachable) this.#onChange();
  }
}
