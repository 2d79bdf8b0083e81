import { isIP } from 'node:net';
import { isUnixSocket } from '../../entities/schema/host.ts';
import { targetHostPort } from '../../entities/target.ts';
import type { EntityTables } from '../../entities/tables.ts';
import type { ResolvedAddress } from '../../proxy/upstream/dns/dns-client.ts';
import { familyHead, labelPairs } from '../../telemetry/exposition-text.ts';
import type { MetricFamily } from '../../telemetry/metric-families.ts';
import type { TargetStates } from './target-states.ts';

const STATES = ['healthchecks_off', 'healthy', 'unhealthy', 'dns_error'] as const;

export const targetHealthFamily: MetricFamily = {
  name: 'kong_upstream_target_health',
  type: 'gauge',
  help: 'Health of the addresses of targets, by state',
  labels: ['upstream', 'target', 'address', 'state', 'subsystem'],
};

/** Text handed out at once, characters. */
const CHUNK = 64 * 1024;

/** Names remembered between two scrapes. */
const MOST_NAMES = 10_000;

/**
 * The health of every address of every target, for Prometheus: four series each, so that only nodes
 * have it on which a plugin `prometheus` asks for `upstream_health_metrics`. A scrape waits for no
 * name: it tells what was found out since the one before.
 */
export class TargetMetrics {
  readonly #states: TargetStates;
  readonly #answers = new Map<string, readonly ResolvedAddress[]>();
  #asked: { readonly tables: EntityTables; readonly wanted: boolean } | null = null;

  constructor(states: TargetStates) {
    this.#states = states;
  }

  *render(tables: EntityTables | null): Generator<string, void, void> {
    if (tables === null || !this.#wanted(tables) || tables.targets.size === 0) return;
    const { name, type, help, labels: names } = targetHealthFamily;
    let text = familyHead(name, type, help);
    for (const target of tables.targets.values()) {
      const upstream = tables.upstreams.get(target.upstream.id);
      const found = this.#known(targetHostPort(target.target).host);
      if (upstream === undefined || found === undefined) continue;
      const addresses = this.#states.toldOf(upstream, target, found);
      const series = new Map(
        addresses.map(({ ip, port, health }) => [`${ip}:${port}`, health.toLowerCase()]),
      );
      if (series.size === 0) series.set('', 'dns_error');
      for (const [address, health] of series) {
        for (const state of STATES) {
          const labels = labelPairs(names, [upstream.name, target.target, address, state, 'http']);
          text += `${name}{${labels}} ${state === health ? 1 : 0}\n`;
        }
      }
      if (text.length < CHUNK) continue;
      yield text;
      text = '';
    }
    if (text !== '') yield text;
  }

  #wanted(tables: EntityTables): boolean {
    if (this.#asked?.tables !== tables) {
      let wanted = false;
      for (const { name, enabled, config } of tables.plugins.values()) {
        wanted ||= enabled && name === 'prometheus' && config.upstream_health_metrics === true;
      }
      this.#asked = { tables, wanted };
    }
    return this.#asked.wanted;
  }

  /** What a name stood for when it was last looked up; null for an address. */
  #known(host: string): readonly ResolvedAddress[] | null | undefined {
    if (isIP(host) !== 0 || isUnixSocket(host)) return null;
    void this.#states.resolver.resolve(host).then(({ addresses }) => {
      this.#answers.delete(host);
      this.#answers.set(host, addresses);
      const [oldest] = this.#answers.keys();
      if (this.#answers.size > MOST_NAMES && oldest !== undefined) this.#answers.delete(oldest);
    });
    return this.#answers.get(host);
  }
}
