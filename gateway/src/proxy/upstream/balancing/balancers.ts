import type { UpstreamRecord } from '../../../snapshot/records.ts';
import type { Algorithm } from './algorithm.ts';
import type { Balancer } from './balancer.ts';
import { ConsistentHashing } from './consistent-hashing.ts';
import { fewestOpen, LoadAlgorithm, lowestLatency } from './load-algorithm.ts';
import type { Resolver } from '../dns/resolver.ts';
import { roundRobin } from './round-robin-algorithm.ts';
import { Target } from './target.ts';
import { TargetBalancer } from './target-balancer.ts';
import type { UpstreamHealth } from '../health/upstream-health.ts';

/** What a balancer needs to know of a service. */
export interface BalancedService {
  /** Decides which port goes without saying in `Host`. */
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
}

/**
 * A balancer for one service host and port or, when the host names an upstream, for that upstream's
 * targets; the service's port does not count then. Services whose protocols have different default
 * ports cannot share one, since peers carry the `Host` value.
 *
 * @param previous a balancer that this one replaces: addresses that both have keep their peer, unless
 *   one of the two minds health
 * @param health of the upstream's targets; null when it is of no concern
 */
export function createBalancer(
  service: BalancedService,
  upstream: UpstreamRecord | null,
  resolver: Resolver,
  previous: Balancer | null = null,
  health: UpstreamHealth | null = null,
): Balancer {
  const defaultPort = /^(https|grpcs|wss|tls)$/.test(service.protocol) ? 443 : 80;
  const hostHeader = upstream?.host_header ?? null;
  const useSrvName = upstream?.use_srv_name ?? false;
  const hosts = upstream?.targets ?? [{ host: service.host, port: service.port, weight: 1 }];
  const targets = hosts
    .filter(({ weight }) => weight > 0)
    .map(
      ({ host, port, weight }) =>
        new Target({ host, port, weight, defaultPort, hostHeader, useSrvName }),
    );
  return new TargetBalancer(
    upstream === null ? roundRobin : algorithmOf(upstream, resolver),
    targets,
    resolver,
    upstream === null ? 'name resolution failed' : 'failure to get a peer from the ring-balancer',
    health,
    previous instanceof TargetBalancer ? previous : null,
  );
}

function algorithmOf(
  { algorithm, hashing, targets }: UpstreamRecord,
  resolver: Resolver,
): Algorithm {
  if (hashing !== undefined) return new ConsistentHashing(hashing, targets.length);
  if (algorithm === 'least-connections') return new LoadAlgorithm(fewestOpen, () => resolver.now());
  if (algorithm === 'latency') return new LoadAlgorithm(lowestLatency, () => resolver.now());
  return roundRobin;
}
