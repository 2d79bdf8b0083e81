import { wireText } from '../router/path.ts';
import type { ServiceRecord, UpstreamRecord } from '../../snapshot/records.ts';
import type { Balancer } from '../upstream/balancer.ts';
import type { BalancerInUse, Compiled, Makers } from './compiled.ts';
import type { ServicePlan } from './plan.ts';

/** A service ready to be asked. */
export function makeServicePlan(record: ServiceRecord, balancer: Balancer): ServicePlan {
  return {
    id: record.id,
    name: record.name ?? null,
    protocol: record.protocol,
    host: record.host,
    port: record.port,
    path: record.path === undefined ? null : wireText(record.path),
    retries: record.retries,
    connectTimeout: record.connect_timeout,
    writeTimeout: record.write_timeout,
    readTimeout: record.read_timeout,
    balancer,
  };
}

/**
 * The balancers of all services, by `balancerKey`. Services that ask the same place share one; it
 * stays as long as its upstream's record does.
 */
export function* nextBalancers(
  previous: Compiled,
  services: ReadonlyMap<string, ServiceRecord>,
  upstreams: ReadonlyMap<string, UpstreamRecord>,
  make: Makers,
): Generator<void, ReadonlyMap<string, BalancerInUse>, void> {
  if (services === previous.services && upstreams === previous.upstreams) {
    return previous.balancers;
  }
  const byName = new Map<string, UpstreamRecord>();
  for (const upstream of upstreams.values()) byName.set(upstream.name, upstream);
  const next = new Map<string, BalancerInUse>();
  for (const service of services.values()) {
    const key = balancerKey(service);
    if (next.has(key)) continue;
    const upstream = byName.get(service.host) ?? null;
    const before = previous.balancers.get(key);
    if (before?.upstream === upstream) {
      next.set(key, before);
    } else {
      const balancer = make.balancer(service, upstream, before?.balancer ?? null);
      next.set(key, { balancer, upstream });
    }
    yield;
  }
  return next;
}

/** The plans of all services. One whose record and balancer are what they were stays the same object. */
export function* nextServicePlans(
  previous: Compiled,
  services: ReadonlyMap<string, ServiceRecord>,
  balancers: ReadonlyMap<string, BalancerInUse>,
): Generator<void, ReadonlyMap<string, ServicePlan>, void> {
  if (services === previous.services && balancers === previous.balancers) {
    return previous.servicePlans;
  }
  const next = new Map<string, ServicePlan>();
  for (const record of services.values()) {
    const { balancer } = balancers.get(balancerKey(record))!;
    const before = previous.servicePlans.get(record.id);
    const same = record === previous.services.get(record.id) && before?.balancer === balancer;
    next.set(record.id, same ? before : makeServicePlan(record, balancer));
    yield;
  }
  return next;
}

/** The protocol counts because the default port, and with it the `Host` field, depends on it. */
function balancerKey(service: ServiceRecord): string {
  return `${service.protocol}://${service.host}:${service.port}`;
}
