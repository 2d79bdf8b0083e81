import type {
  PluginRecord,
  RouteRecord,
  ServiceRecord,
  UpstreamRecord,
} from '../../snapshot/records.ts';
import type { Router, RouterInput } from '../router/router.ts';
import type { Balancer } from '../upstream/balancer.ts';
import { Chains } from './chains.ts';
import type { PluginInstance, RoutePlan, ServicePlan } from './plan.ts';

/** One configuration: its records and what was made of them. Never changed, only followed. */
export interface Compiled {
  readonly services: ReadonlyMap<string, ServiceRecord>;
  readonly routes: ReadonlyMap<string, RouteRecord>;
  readonly upstreams: ReadonlyMap<string, UpstreamRecord>;
  /** Instances that take part in HTTP requests. */
  readonly instances: ReadonlyMap<string, PluginInstance>;
  readonly balancers: ReadonlyMap<string, BalancerInUse>;
  readonly servicePlans: ReadonlyMap<string, ServicePlan>;
  readonly routePlans: ReadonlyMap<string, RoutePlan>;
  readonly chains: Chains;
  /** Gives the id of the route. */
  readonly router: Router<string>;
}

/** A balancer and the upstream that it was made from; null for a plain host. */
export interface BalancerInUse {
  readonly balancer: Balancer;
  readonly upstream: UpstreamRecord | null;
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
  /** `previous` is the router in use so far, whose compiled expressions may be used again. */
  router(
    inputs: Iterable<RouterInput<string>>,
    previous: Router<string>,
  ): Generator<unknown, Router<string>, void>;
}

/** The configuration without anything in it. */
export const NOTHING: Compiled = {
  services: new Map(),
  routes: new Map(),
  upstreams: new Map(),
  instances: new Map(),
  balancers: new Map(),
  servicePlans: new Map(),
  routePlans: new Map(),
  chains: new Chains([], null),
  router: {
    match(_query, result) {
      result.target = null;
    },
  },
};
