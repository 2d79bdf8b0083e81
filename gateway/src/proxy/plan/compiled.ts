import type {
  CaCertificateRecord,
  CertificateRecord,
  PluginRecord,
  RouteRecord,
  ServiceRecord,
  SniRecord,
  UpstreamRecord,
} from '../../snapshot/records.ts';
import { PersistentMap } from '../../snapshot/persistent-map.ts';
import type { RouterChanges } from '../router/router-index.ts';
import type { Router, RouterInput } from '../router/router.ts';
import { StreamRouter } from '../router/stream-router.ts';
import type { Balancer } from '../upstream/balancing/balancer.ts';
import type { Transport } from '../upstream/transport.ts';
import type { CertificateSource } from '../upstream/transports.ts';
import { Chains } from './chains.ts';
import { ClientTrusts } from './client-trusts.ts';
import type { PluginInstance, RoutePlan, ServicePlan } from './plan.ts';
import type { RouteTarget } from './plan-router.ts';

/** One configuration: its records and what was made of them. Never changed, only followed. */
export interface Compiled {
  readonly certificates: PersistentMap<CertificateRecord>;
  readonly snis: PersistentMap<SniRecord>;
  readonly snisByName: PersistentMap<SniRecord>;
  readonly caCertificates: PersistentMap<CaCertificateRecord>;
  readonly services: PersistentMap<ServiceRecord>;
  readonly routes: PersistentMap<RouteRecord>;
  readonly upstreams: PersistentMap<UpstreamRecord>;
  readonly upstreamsByName: PersistentMap<UpstreamRecord>;
  /** Instances that take part in requests or streams, by id. */
  readonly instances: PersistentMap<PluginInstance>;
  /** By what they ask: `balancerKey`. */
  readonly balancers: PersistentMap<BalancerInUse>;
  readonly servicePlans: PersistentMap<ServicePlan>;
  readonly routePlans: PersistentMap<RoutePlan>;
  /** For requests. */
  readonly chains: Chains;
  readonly streamChains: Chains;
  /** Gives what leads to the plan of the route. */
  readonly router: Router<RouteTarget>;
  readonly streamRouter: StreamRouter;
  /** Instances that want clients to be asked for a certificate. */
  readonly asking: ReadonlySet<PluginInstance>;
  readonly clientTrusts: ClientTrusts;
}

export interface BalancerInUse {
  readonly balancer: Balancer;
  /** What it was made from; null for a plain host. */
  readonly upstream: UpstreamRecord | null;
  /** How many services share it. */
  readonly services: number;
}

/** What one configuration holds and the next no longer does. */
export interface Retired {
  readonly instances: readonly PluginInstance[];
  readonly balancers: readonly Balancer[];
  readonly transports: readonly Transport[];
}

/** How the parts are made; what depends on the thread is bound into these. */
export interface Makers {
  instance(record: PluginRecord): PluginInstance | null;
  /** `previous` is the balancer whose place it takes; both may hold the same connections. */
  balancer(
    service: ServiceRecord,
    upstream: UpstreamRecord | null,
    previous: Balancer | null,
  ): Balancer;
  /** Null for a service that is spoken to in plain HTTP/1.1. */
  transport(
    service: ServiceRecord,
    upstream: UpstreamRecord | null,
    certificates: CertificateSource,
  ): Transport | null;
  /** @param changes from the routes of `previous` to all of them */
  router(
    previous: Router<RouteTarget>,
    changes: RouterChanges<RouteTarget>,
    all: Iterable<RouterInput<RouteTarget>>,
  ): Generator<unknown, Router<RouteTarget>, void>;
}

/** The configuration without anything in it. */
export const NOTHING: Compiled = {
  certificates: PersistentMap.ofIds(),
  snis: PersistentMap.ofIds(),
  snisByName: PersistentMap.ofTexts(),
  caCertificates: PersistentMap.ofIds(),
  services: PersistentMap.ofIds(),
  routes: PersistentMap.ofIds(),
  upstreams: PersistentMap.ofIds(),
  upstreamsByName: PersistentMap.ofTexts(),
  instances: PersistentMap.ofIds(),
  balancers: PersistentMap.ofTexts(),
  servicePlans: PersistentMap.ofIds(),
  routePlans: PersistentMap.ofIds(),
  chains: Chains.none(),
  streamChains: Chains.none(),
  router: {
    match(_query, result) {
      result.target = null;
    },
  },
  streamRouter: StreamRouter.none,
  asking: new Set(),
  clientTrusts: new ClientTrusts(new Map(), PersistentMap.ofIds(), null),
};
