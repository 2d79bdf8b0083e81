import type { RouteRecord } from '../../snapshot/records.ts';
import type { RouterInput } from '../router/router.ts';
import type { Chains } from './chains.ts';
import type { Compiled } from './compiled.ts';
import type { Chain, RoutePlan, ServicePlan } from './plan.ts';

/** A route ready to serve. */
export function makeRoutePlan(
  record: RouteRecord,
  service: ServicePlan | null,
  chain: Chain,
): RoutePlan {
  const { protocols } = record;
  return {
    id: record.id,
    name: record.name ?? null,
    service,
    chain,
    stripPath: record.strip_path,
    preserveHost: record.preserve_host,
    pathHandling: record.path_handling,
    acceptsHttp: protocols.includes('http') || protocols.includes('grpc'),
    acceptsHttps: protocols.includes('https') || protocols.includes('grpcs'),
    grpc: protocols.some((protocol) => protocol === 'grpc' || protocol === 'grpcs'),
    httpsRedirectStatusCode: record.https_redirect_status_code,
    requestBuffering: record.request_buffering,
    responseBuffering: record.response_buffering,
    series: null,
  };
}

/**
 * The plans of all routes. One whose record, service and chain are what they were stays the same
 * object.
 *
 * @throws Error for a route whose service is not there
 */
export function* nextRoutePlans(
  previous: Compiled,
  routes: ReadonlyMap<string, RouteRecord>,
  services: ReadonlyMap<string, ServicePlan>,
  chains: Chains,
): Generator<void, ReadonlyMap<string, RoutePlan>, void> {
  if (
    routes === previous.routes &&
    services === previous.servicePlans &&
    chains === previous.chains
  ) {
    return previous.routePlans;
  }
  const next = new Map<string, RoutePlan>();
  for (const record of routes.values()) {
    const service = serviceOf(record, services);
    const chain = chains.for(record.id, service?.id ?? null);
    const before = previous.routePlans.get(record.id);
    let plan = before;
    if (
      plan === undefined ||
      record !== previous.routes.get(record.id) ||
      service !== plan.service ||
      chain !== plan.chain
    ) {
      plan = makeRoutePlan(record, service, chain);
      if (before !== undefined && sameLabels(plan, before)) plan.series = before.series;
    }
    next.set(record.id, plan);
    yield;
  }
  return next;
}

/** What the router is built from. */
export function* routerInputs(
  routes: ReadonlyMap<string, RouteRecord>,
): Generator<RouterInput<string>, void, void> {
  for (const route of routes.values()) yield { route, target: route.id };
}

function serviceOf(
  route: RouteRecord,
  services: ReadonlyMap<string, ServicePlan>,
): ServicePlan | null {
  if (route.service === undefined) return null;
  const service = services.get(route.service);
  if (service === undefined) {
    throw new Error(
      `route ${route.name ?? route.id}: its service ${route.service} is not in the configuration`,
    );
  }
  return service;
}

/** Whether both are counted under the same labels, so that the series may stay. */
function sameLabels(a: RoutePlan, b: RoutePlan): boolean {
  return (
    a.name === b.name && a.service?.name === b.service?.name && a.service?.host === b.service?.host
  );
}
