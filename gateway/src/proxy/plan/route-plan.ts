import { ANSWERS, type Answer } from '../answers.ts';
import type { RouteRecord } from '../../snapshot/records.ts';
import type { PersistentMap } from '../../snapshot/persistent-map.ts';
import { isStreamRoute } from '../router/stream-router.ts';
import type { RouterInput } from '../router/router.ts';
import type { RouterChanges } from '../router/router-index.ts';
import type { ChangedChains, Chains } from './chains.ts';
import type { Chain, RoutePlan, ServicePlan } from './plan.ts';
import { RouteTarget } from './plan-router.ts';
import type { NextServicePlans } from './service-plan.ts';
import type { Staged } from './staged-changes.ts';

/** What a request of HTTP can be passed on in. */
const HTTP_PROTOCOLS: ReadonlySet<string> = new Set(['http', 'https', 'grpc', 'grpcs']);

/** What the bytes of a stream cannot be passed on in. */
const DATAGRAMS = 'udp';

const INPUTS_PER_SLICE = 16;

/** A route ready to serve. */
export function makeRoutePlan(
  record: RouteRecord,
  service: ServicePlan | null,
  chain: Chain,
): RoutePlan {
  const { protocols } = record;
  return {
    // What each request needs comes first: with thousands of routes every place in memory is one to fetch.
    grpc: protocols.some((protocol) => protocol === 'grpc' || protocol === 'grpcs'),
    acceptsHttp: protocols.includes('http') || protocols.includes('grpc'),
    chain,
    refusal: refusalOf(record, service),
    service,
    stripPath: record.strip_path,
    preserveHost: record.preserve_host,
    series: null,
    acceptsHttps: protocols.includes('https') || protocols.includes('grpcs'),
    id: record.id,
    name: record.name ?? null,
    pathHandling: record.path_handling,
    httpsRedirectStatusCode: record.https_redirect_status_code,
    requestBuffering: record.request_buffering,
    responseBuffering: record.response_buffering,
  };
}

/** Why no service can be asked. What cannot be served as it is meant is not served at all. */
function refusalOf(record: RouteRecord, service: ServicePlan | null): Answer | null {
  if (record.blocked === true) return ANSWERS.plugin_not_supported;
  if (service === null) return ANSWERS.no_service;
  const isServed = isStreamRoute(record)
    ? service.protocol !== DATAGRAMS
    : HTTP_PROTOCOLS.has(service.protocol);
  return isServed ? null : ANSWERS.service_not_supported;
}

/** What the plans of routes are made of, and what of it changed. */
export interface RouteParts {
  readonly routes: PersistentMap<RouteRecord>;
  readonly stagedRoutes: Staged<RouteRecord>;
  readonly services: NextServicePlans;
  readonly chains: Chains;
  /** For routes for streams. */
  readonly streamChains: Chains;
  /** Of both. */
  readonly changedChains: ChangedChains;
}

/**
 * The plans after the changes. One whose record, service and chain are what they were stays the same
 * object.
 *
 * @throws Error for a route whose service is not there
 */
export function* nextRoutePlans(
  previous: PersistentMap<RoutePlan>,
  parts: RouteParts,
): Generator<void, PersistentMap<RoutePlan>, void> {
  const { stagedRoutes } = parts;
  const next = previous.edit();
  for (const [id, record] of stagedRoutes) {
    const before = previous.get(id) ?? null;
    if (record === null) next.delete(id);
    else next.set(id, planOf(record, true, before, parts));
    yield;
  }
  for (const record of yield* concernedRoutes(parts)) {
    const before = previous.get(record.id) ?? null;
    const plan = planOf(record, false, before, parts);
    if (plan !== before) next.set(record.id, plan);
    yield;
  }
  return next.done();
}

/** Routes of which something else than the record changed, perhaps. */
function* concernedRoutes(parts: RouteParts): Generator<void, RouteRecord[], void> {
  const { routes, stagedRoutes, services, changedChains } = parts;
  const found: RouteRecord[] = [];
  for (const id of changedChains.routes) {
    const record = routes.get(id);
    if (record !== undefined && !stagedRoutes.has(id)) found.push(record);
    yield;
  }
  if (!changedChains.all && services.changed.size + changedChains.services.size === 0) return found;
  const isConcerned = ({ id, service }: RouteRecord): boolean =>
    (changedChains.all ||
      (service !== undefined &&
        (services.changed.has(service) || changedChains.services.has(service)))) &&
    !stagedRoutes.has(id) &&
    !changedChains.routes.has(id);
  for (const piece of routes.pieces()) {
    for (const record of piece.values()) if (isConcerned(record)) found.push(record);
    yield;
  }
  return found;
}

function planOf(
  record: RouteRecord,
  isNew: boolean,
  before: RoutePlan | null,
  parts: RouteParts,
): RoutePlan {
  const service = serviceOf(record, parts.services.plans);
  const chains = isStreamRoute(record) ? parts.streamChains : parts.chains;
  const chain = chains.for(record.id, service?.id ?? null, before?.chain ?? null);
  if (!isNew && before?.service === service && before.chain === chain) return before;
  const plan = makeRoutePlan(record, service, chain);
  if (before !== null && sameLabels(plan, before)) plan.series = before.series;
  return plan;
}

/** What makes the difference to the next router. */
export function* routerChanges(
  previous: PersistentMap<RouteRecord>,
  staged: Staged<RouteRecord>,
): Generator<void, RouterChanges<RouteTarget>, void> {
  const removed: RouterInput<RouteTarget>[] = [];
  const added: RouterInput<RouteTarget>[] = [];
  for (const [id, record] of staged) {
    const before = previous.get(id);
    if (before !== undefined) removed.push(routerInput(before));
    if (record !== null) added.push(routerInput(record));
    if (added.length % INPUTS_PER_SLICE === 0) yield;
  }
  return { removed, added };
}

/** All that a router is built from. */
export function* routerInputs(
  routes: PersistentMap<RouteRecord>,
): Generator<RouterInput<RouteTarget>, void, void> {
  for (const piece of routes.pieces()) {
    for (const route of piece.values()) yield routerInput(route);
  }
}

function routerInput(route: RouteRecord): RouterInput<RouteTarget> {
  return { route, target: new RouteTarget(route.id) };
}

function serviceOf(route: RouteRecord, services: PersistentMap<ServicePlan>): ServicePlan | null {
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
