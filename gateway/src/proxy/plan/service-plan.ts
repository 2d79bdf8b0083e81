import { wireText } from '../router/path.ts';
import type {
  CaCertificateRecord,
  CertificateRecord,
  ServiceRecord,
  UpstreamRecord,
} from '../../snapshot/records.ts';
import type { PersistentMap } from '../../snapshot/persistent-map.ts';
import type { Balancer } from '../upstream/balancing/balancer.ts';
import type { Transport } from '../upstream/transport.ts';
import { balancerKey } from './balancers-in-use.ts';
import type { NextBalancers } from './balancers-in-use.ts';
import type { BalancerInUse } from './compiled.ts';
import type { ServicePlan } from './plan.ts';
import type { Staged } from './staged-changes.ts';

/** A service ready to be asked. */
export function makeServicePlan(
  record: ServiceRecord,
  balancer: Balancer,
  transport: Transport | null,
): ServicePlan {
  return {
    // What each request needs comes first, as in the plans of routes.
    balancer,
    transport,
    path: record.path === undefined ? null : wireText(record.path),
    connectTimeout: record.connect_timeout,
    writeTimeout: record.write_timeout,
    readTimeout: record.read_timeout,
    id: record.id,
    name: record.name ?? null,
    protocol: record.protocol,
    host: record.host,
    port: record.port,
    retries: record.retries,
  };
}

/** The plans of all services. */
export interface NextServicePlans {
  readonly plans: PersistentMap<ServicePlan>;
  /** Ids of services with another plan than before, or none any more. */
  readonly changed: ReadonlySet<string>;
  /** Transports that no service has any more. */
  readonly retired: readonly Transport[];
}

/** What services are asked by, after the changes. */
export interface ServiceParts {
  readonly balancers: NextBalancers;
  /** Services that may show, or ask for, other certificates than before. */
  readonly certified: readonly ServiceRecord[];
  readonly transportOf: (record: ServiceRecord) => Transport | null;
}

/**
 * The plans after the changes. One whose record, balancer and transport are what they were stays the
 * same object.
 */
export function* nextServicePlans(
  previous: PersistentMap<ServicePlan>,
  staged: Staged<ServiceRecord>,
  { balancers: { balancers, moved }, certified, transportOf }: ServiceParts,
): Generator<void, NextServicePlans, void> {
  const next = previous.edit();
  const changed = new Set<string>();
  for (const [id, record] of staged) {
    changed.add(id);
    if (record === null) next.delete(id);
    else next.set(id, makeServicePlan(record, balancerOf(record, balancers), transportOf(record)));
    yield;
  }
  for (const record of new Set([...moved, ...certified])) {
    const balancer = balancerOf(record, balancers);
    const transport = transportOf(record);
    const before = previous.get(record.id);
    const stays = before?.balancer === balancer && before.transport === transport;
    if (!staged.has(record.id) && !stays) {
      changed.add(record.id);
      next.set(record.id, makeServicePlan(record, balancer, transport));
    }
    yield;
  }
  const plans = next.done();
  return { plans, changed, retired: yield* unusedTransports(previous, plans, changed) };
}

/** Transports that services had before the changes, and that none has after them. */
function* unusedTransports(
  previous: PersistentMap<ServicePlan>,
  next: PersistentMap<ServicePlan>,
  changed: ReadonlySet<string>,
): Generator<void, readonly Transport[], void> {
  const unused = new Set<Transport>();
  for (const id of changed) {
    const before = previous.get(id)?.transport ?? null;
    if (before !== null && next.get(id)?.transport !== before) unused.add(before);
  }
  if (unused.size === 0) return [];
  for (const piece of next.pieces()) {
    for (const { transport } of piece.values()) if (transport !== null) unused.delete(transport);
    yield;
  }
  return [...unused];
}

/** Services that refer to a certificate, or an authority, that changed. */
export function* servicesCertified(
  services: PersistentMap<ServiceRecord>,
  upstreams: PersistentMap<UpstreamRecord>,
  certificates: Staged<CertificateRecord>,
  authorities: Staged<CaCertificateRecord>,
): Generator<void, readonly ServiceRecord[], void> {
  const found: ServiceRecord[] = [];
  if (certificates.size + authorities.size === 0) return found;
  const isConcerned = (record: ServiceRecord): boolean => {
    const { client_certificate, ca_certificates = [], host } = record;
    const shown = client_certificate ?? upstreams.get(host)?.client_certificate;
    return (
      (shown !== undefined && certificates.has(shown)) ||
      ca_certificates.some((id) => authorities.has(id))
    );
  };
  for (const piece of services.pieces()) {
    for (const record of piece.values()) if (isConcerned(record)) found.push(record);
    yield;
  }
  return found;
}

function balancerOf(record: ServiceRecord, balancers: PersistentMap<BalancerInUse>): Balancer {
  return balancers.get(balancerKey(record))!.balancer;
}
