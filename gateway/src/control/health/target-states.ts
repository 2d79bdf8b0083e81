import { isIP } from 'node:net';
import type { EntityTables } from '../../entities/tables.ts';
import { isUnixSocket } from '../../entities/schema/host.ts';
import { targetHostPort, type Target } from '../../entities/target.ts';
import type { Upstream } from '../../entities/upstream.ts';
import { countsFailures, usesHealthchecks } from '../../entities/upstream-healthchecks.ts';
import { Resolver } from '../../proxy/upstream/dns/resolver.ts';
import { shortAddress } from '../../proxy/upstream/balancing/target.ts';
import type { ResolvedAddress } from '../../proxy/upstream/dns/dns-client.ts';
import {
  HEALTH_TICK_MS,
  TargetHealth,
  type HealthKey,
  type HealthUsage,
} from '../../shm/target-health.ts';

export type AddressHealth = 'HEALTHY' | 'UNHEALTHY' | 'HEALTHCHECKS_OFF';

/** Where a target leads, and how it is there. */
export interface TargetAddress {
  readonly ip: string;
  readonly port: number;
  readonly weight: number;
  readonly health: AddressHealth;
  /** The port and, for other weights than 0, the weight come from an SRV record. */
  readonly isSrv: boolean;
}

export interface TargetStatesParts {
  /** By default one like those of the proxy threads. */
  readonly resolver?: Resolver | null;
  /** Memory that `createHealthMemory` made. */
  readonly memory: SharedArrayBuffer;
  /** What the node serves; null before there is anything. */
  readonly tables: () => EntityTables | null;
}

/** An address of a target that somebody marked as unhealthy. */
interface Mark {
  readonly targetId: string;
  readonly key: HealthKey;
}

/**
 * The health of targets as the control thread deals with it: it tells and changes what proxy threads
 * share, and takes back the places of what is gone. What a name stands for it looks up by itself.
 */
export class TargetStates {
  #resolver: Resolver | null;
  readonly #table: TargetHealth;
  readonly #tables: TargetStatesParts['tables'];
  /** What was marked as unhealthy stays so, even if no thread sends it anything. */
  readonly #marks = new Map<bigint, Mark>();
  readonly #timer: NodeJS.Timeout;

  constructor({ resolver = null, memory, tables }: TargetStatesParts) {
    this.#resolver = resolver;
    this.#table = new TargetHealth(memory);
    this.#tables = tables;
    this.#timer = setInterval(() => this.tick(), HEALTH_TICK_MS).unref();
  }

  /** Made when a name is first looked up. */
  get resolver(): Resolver {
    return (this.#resolver ??= new Resolver());
  }

  get usage(): HealthUsage {
    return this.#table.usage();
  }

  /** Where a target leads by now; empty when its name has no address. */
  async addressesOf(upstream: Upstream, target: Target): Promise<TargetAddress[]> {
    const { host } = targetHostPort(target.target);
    const found =
      isIP(host) === 0 && !isUnixSocket(host)
        ? (await this.resolver.resolve(host)).addresses
        : null;
    return this.toldOf(upstream, target, found);
  }

  /** @param found what the name of the target stands for; null for a target that is an address */
  toldOf(
    upstream: Upstream,
    target: Target,
    found: readonly ResolvedAddress[] | null,
  ): TargetAddress[] {
    const { host, port } = targetHostPort(target.target);
    const given = target.weight ?? 100;
    const { healthchecks } = upstream;
    const isUsed = usesHealthchecks(healthchecks);
    const usual = countsFailures(healthchecks) ? 'HEALTHY' : 'HEALTHCHECKS_OFF';
    return (found ?? [{ address: shortAddress(host), srv: null }]).map(({ address, srv }) => {
      const place = { ip: address, port: srv?.port ?? port };
      return {
        ...place,
        weight: srv === null || given === 0 ? given : srv.weight,
        health: isUsed && this.#isUnhealthy(target, place) ? 'UNHEALTHY' : usual,
        isSrv: srv !== null,
      };
    });
  }

  /**
   * Marks all addresses of a target, or one of them, as healthy or unhealthy: at once, in all threads,
   * until the requests that go there show something else. An address that is none of the target's has
   * no effect.
   *
   * @param address IPv6 without brackets
   * @returns false when there is no room to keep the mark
   */
  async mark(
    upstream: Upstream,
    target: Target,
    address: { readonly ip: string; readonly port: number } | null,
    healthy: boolean,
  ): Promise<boolean> {
    const known = await this.addressesOf(upstream, target);
    if (address === null) {
      // Threads may know the name by other addresses.
      const { host, port } = targetHostPort(target.target);
      this.#table.markTarget(keyOf(this.#table, target, { ip: host, port }), healthy);
      return known.every((each) => this.#markAddress(target, each, healthy));
    }
    const place = { ip: shortAddress(address.ip), port: address.port };
    const isKnown = known.some(({ ip, port }) => ip === place.ip && port === place.port);
    if (!isKnown && this.#table.find(keyOf(this.#table, target, place)) === -1) return true;
    return this.#markAddress(target, place, healthy);
  }

  /** Goes on with the marks, and takes back the places of addresses that nobody uses. */
  tick(): void {
    const targets = this.#tables()?.targets;
    for (const [id, { targetId, key }] of this.#marks) {
      if (this.#table.isHealthy(this.#table.find(key)) || targets?.has(targetId) === false) {
        this.#marks.delete(id);
      } else this.#table.claim(key);
    }
    this.#table.sweep();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#resolver?.dispose();
  }

  #markAddress(target: Target, place: Place, healthy: boolean): boolean {
    const key = keyOf(this.#table, target, place);
    const slot = this.#table.claim(key);
    if (slot === -1) return false;
    this.#table.mark(slot, healthy);
    if (healthy) this.#marks.delete(key.key);
    else this.#marks.set(key.key, { targetId: target.id, key });
    return true;
  }

  #isUnhealthy(target: Target, place: Place): boolean {
    return !this.#table.isHealthy(this.#table.find(keyOf(this.#table, target, place)));
  }
}

interface Place {
  readonly ip: string;
  readonly port: number;
}

function keyOf(table: TargetHealth, target: Target, place: Place): HealthKey {
  const { host, port } = targetHostPort(target.target);
  const { ip, port: ipPort } = place;
  return table.keyOf({ upstreamId: target.upstream.id, host, port, ip, ipPort });
}
