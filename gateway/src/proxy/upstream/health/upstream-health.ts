import type { HealthchecksRecord, UpstreamRecord } from '../../../snapshot/records.ts';
import type { TargetHealth } from '../../../shm/target-health.ts';
import { PeerHealth } from './peer-health.ts';
import type { Place } from '../balancing/target.ts';
import type { HealthHolder, ThreadHealth } from './thread-health.ts';

/** A peer's part in an upstream. */
interface Share {
  readonly peer: { readonly health: PeerHealth | null };
  readonly weight: number;
}

/** The health of the targets of one upstream, as one balancer minds it. */
export class UpstreamHealth {
  readonly #thread: ThreadHealth;
  readonly #table: TargetHealth;
  readonly #upstreamId: string;
  readonly #rules: HealthchecksRecord;
  /** Version of the table by which peers were chosen. */
  #seen = NaN;

  constructor(thread: ThreadHealth, { id }: UpstreamRecord, rules: HealthchecksRecord) {
    this.#thread = thread;
    this.#table = thread.table;
    this.#upstreamId = id;
    this.#rules = rules;
  }

  /** Some target may have become healthy or unhealthy since peers were chosen. */
  get hasChanged(): boolean {
    return this.#table.version !== this.#seen;
  }

  of({ target: { host, port }, address, port: ipPort }: Place): PeerHealth {
    const upstreamId = this.#upstreamId;
    const key = this.#table.keyOf({ upstreamId, host, port, ip: address, ipPort });
    return new PeerHealth(this.#table, this.#rules, key);
  }

  /**
   * Those that requests may go to: the healthy ones, or none when they are too small a part of the
   * whole for the upstream to count as healthy.
   */
  choose<S extends Share>(shares: readonly S[]): readonly S[] {
    // Before the peers are looked at, so that nothing that changes meanwhile is missed.
    this.#seen = this.#table.version;
    const healthy = shares.filter(({ peer }) => peer.health?.healthy !== false);
    return isUpstreamHealthy(weightOf(healthy), weightOf(shares), this.#rules.threshold)
      ? healthy
      : [];
  }

  /** Says at every tick that the peers are still in use. */
  keep(holder: HealthHolder): void {
    this.#thread.keep(holder);
  }

  letGo(holder: HealthHolder): void {
    this.#thread.letGo(holder);
  }

  /** Says that the peers are still in use. */
  renew(shares: readonly Share[]): void {
    for (const { peer } of shares) if (peer.health?.renew() === true) this.#seen = NaN;
  }
}

/**
 * Whether an upstream as a whole is healthy.
 *
 * @param available weight of the healthy addresses
 * @param total weight of all addresses
 * @param threshold percentage of the weight that has to be exceeded; all of it is always enough
 */
export function isUpstreamHealthy(available: number, total: number, threshold: number): boolean {
  if (available === 0) return false;
  return available === total || (available / total) * 100 > threshold;
}

function weightOf(shares: readonly Share[]): number {
  return shares.reduce((sum, { weight }) => sum + weight, 0);
}
