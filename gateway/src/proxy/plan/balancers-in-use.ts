import type { ServiceRecord, UpstreamRecord } from '../../snapshot/records.ts';
import type { PersistentMap } from '../../snapshot/persistent-map.ts';
import type { Balancer } from '../upstream/balancing/balancer.ts';
import type { BalancerInUse, Compiled, Makers } from './compiled.ts';
import type { Staged, StagedChanges } from './staged-changes.ts';

/** The balancers of one configuration, and what led to them. */
export interface NextBalancers {
  readonly balancers: PersistentMap<BalancerInUse>;
  /** Those that are in use no more. */
  readonly retired: readonly Balancer[];
  /** Services that may ask another balancer since an upstream changed. */
  readonly moved: readonly ServiceRecord[];
}

/** What asks a place: it counts by protocol, too, since the default port depends on it. */
export function balancerKey(service: ServiceRecord): string {
  return `${service.protocol}://${service.host}:${service.port}`;
}

/**
 * The balancers after the changes, by `balancerKey`. Services that ask the same place share one; it
 * stays as long as its upstream's record does.
 */
export function* nextBalancers(
  previous: Compiled,
  { services: staged, upstreams: stagedUpstreams }: StagedChanges,
  services: PersistentMap<ServiceRecord>,
  upstreams: PersistentMap<UpstreamRecord>,
  make: Makers,
): Generator<void, NextBalancers, void> {
  const names = yield* changedNames(previous.upstreams, stagedUpstreams);
  const moved = yield* servicesOfHosts(services, names);
  const uses = new Map<string, Use>();
  for (const [id, record] of staged) {
    const before = previous.services.get(id);
    if (before !== undefined) useOf(uses, before).growth--;
    if (record !== null) useOf(uses, record).growth++;
    yield;
  }
  for (const record of moved) {
    useOf(uses, record);
    yield;
  }
  const next = previous.balancers.edit();
  const retired: Balancer[] = [];
  for (const [key, { service, growth }] of uses) {
    const before = next.get(key);
    const count = (before?.services ?? 0) + growth;
    const upstream = upstreams.get(service.host) ?? null;
    const stays = count > 0 && before?.upstream === upstream;
    if (before !== undefined && !stays) retired.push(before.balancer);
    if (stays) next.set(key, { ...before, services: count });
    else if (count === 0) next.delete(key);
    else {
      const balancer = make.balancer(service, upstream, before?.balancer ?? null);
      next.set(key, { balancer, upstream, services: count });
    }
    yield;
  }
  return { balancers: next.done(), retired, moved };
}

/** How many services more ask a place, and one that does or did. */
interface Use {
  readonly service: ServiceRecord;
  growth: number;
}

function useOf(uses: Map<string, Use>, service: ServiceRecord): Use {
  const key = balancerKey(service);
  let use = uses.get(key);
  if (use === undefined) uses.set(key, (use = { service, growth: 0 }));
  return use;
}

/** The upstreams after the changes, by name. */
export function* nextUpstreamNames(
  previous: Compiled,
  staged: Staged<UpstreamRecord>,
): Generator<void, PersistentMap<UpstreamRecord>, void> {
  const next = previous.upstreamsByName.edit();
  // Names may pass from one to another.
  for (const id of staged.keys()) {
    const before = previous.upstreams.get(id);
    if (before !== undefined) next.delete(before.name);
    yield;
  }
  for (const record of staged.values()) {
    if (record !== null) next.set(record.name, record);
    yield;
  }
  return next.done();
}

/** Names that upstreams had before the changes or have after them. */
function* changedNames(
  previous: PersistentMap<UpstreamRecord>,
  staged: Staged<UpstreamRecord>,
): Generator<void, ReadonlySet<string>, void> {
  const names = new Set<string>();
  for (const [id, record] of staged) {
    const before = previous.get(id);
    if (before !== undefined) names.add(before.name);
    if (record !== null) names.add(record.name);
    yield;
  }
  return names;
}

function* servicesOfHosts(
  services: PersistentMap<ServiceRecord>,
  hosts: ReadonlySet<string>,
): Generator<void, ServiceRecord[], void> {
  const found: ServiceRecord[] = [];
  if (hosts.size === 0) return found;
  for (const piece of services.pieces()) {
    for (const service of piece.values()) if (hosts.has(service.host)) found.push(service);
    yield;
  }
  return found;
}
