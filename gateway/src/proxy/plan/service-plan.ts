import { wireText } from '../router/path.ts';
import type { ServiceRecord } from '../../snapshot/records.ts';
import type { PersistentMap } from '../../snapshot/persistent-map.ts';
import type { Balancer } from '../upstream/balancer.ts';
import { balancerKey } from './balancers-in-use.ts';
import type { NextBalancers } from './balancers-in-use.ts';
import type { BalancerInUse } from './compiled.ts';
import type { ServicePlan } from './plan.ts';
import type { Staged } from './staged-changes.ts';

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

/** The plans of all services. */
export interface NextServicePlans {
  readonly plans: PersistentMap<ServicePlan>;
  /** Ids of services with another plan than before, or none any more. */
  readonly changed: ReadonlySet<string>;
}

/**
 * The plans after the changes. One whose record and balancer are what they were stays the same
 * object.
 *
 * @param moved services whose record did not change, though perhaps their balancer
 */
export function* nextServicePlans(
  previous: PersistentMap<ServicePlan>,
  staged: Staged<ServiceRecord>,
  { balancers, moved }: NextBalancers,
): Generator<void, NextServicePlans, void> {
  const next = previous.edit();
  const changed = new Set<string>();
  for (const [id, record] of staged) {
    changed.add(id);
    if (record === null) next.delete(id);
    else next.set(id, makeServicePlan(record, balancerOf(record, balancers)));
    yield;
  }
  for (const record of moved) {
    const balancer = balancerOf(record, balancers);
    if (!staged.has(record.id) && previous.get(record.id)?.balancer !== balancer) {
      changed.add(record.id);
      next.set(record.id, makeServicePlan(record, balancer));
    }
    yield;
  }
  return { plans: next.done(), changed };
}

function balancerOf(record: ServiceRecord, balancers: PersistentMap<BalancerInUse>): Balancer {
  return balancers.get(balancerKey(record))!.balancer;
}
