import type { UpstreamRecord } from '../../../snapshot/records.ts';
import { HEALTH_TICK_MS, TargetHealth } from '../../../shm/target-health.ts';
import { UpstreamHealth } from './upstream-health.ts';

/** Something that uses slots of the table of target health. */
export interface HealthHolder {
  /** Says that they are still in use. */
  renewHealth(): void;
}

/** A proxy thread's part in the health of targets: it uses what is shared, and says so at every tick. */
export class ThreadHealth {
  readonly table: TargetHealth;
  readonly #holders = new Set<HealthHolder>();
  readonly #timer: NodeJS.Timeout;

  /** @param memory made by `createHealthMemory` */
  constructor(memory: SharedArrayBuffer) {
    this.table = new TargetHealth(memory);
    this.#timer = setInterval(() => this.renew(), HEALTH_TICK_MS).unref();
  }

  /** Null when nothing about the targets of this upstream is counted or can be marked. */
  of(upstream: UpstreamRecord | null): UpstreamHealth | null {
    const rules = upstream?.healthchecks;
    return rules === undefined ? null : new UpstreamHealth(this, upstream!, rules);
  }

  keep(holder: HealthHolder): void {
    this.#holders.add(holder);
  }

  letGo(holder: HealthHolder): void {
    this.#holders.delete(holder);
  }

  renew(): void {
    for (const holder of this.#holders) holder.renewHealth();
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
