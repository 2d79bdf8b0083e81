import { nextBalancers, nextUpstreamNames } from './balancers-in-use.ts';
import { certificateSource, nextSniNames } from './certificates.ts';
import type { Compiled, Makers, Retired } from './compiled.ts';
import { nextAsking, nextClientTrusts } from './next-client-trusts.ts';
import { changedInEither } from './chains.ts';
import { changesOf, nextInstances } from './plugin-instance.ts';
import { nextStreamRouter } from './plan-streams.ts';
import { nextRoutePlans, routerChanges, routerInputs } from './route-plan.ts';
import { nextServicePlans, servicesCertified } from './service-plan.ts';
import { withChanges } from './staged-changes.ts';
import type { StagedChanges } from './staged-changes.ts';

/** A configuration and what it leaves behind of the one before. */
export interface Compilation {
  readonly compiled: Compiled;
  readonly retired: Retired;
}

/**
 * Compiles the configuration that follows `previous`, step by step. What did not change stays the
 * same object, and costs nothing but, for some changes, a glance at each service or route.
 *
 * @throws Error that names the entity when a part cannot be made; `previous` is as it was then
 */
export function* compile(
  previous: Compiled,
  staged: StagedChanges,
  make: Makers,
): Generator<unknown, Compilation, void> {
  const certificates = yield* withChanges(previous.certificates, staged.certificates);
  const snis = yield* withChanges(previous.snis, staged.snis);
  const snisByName = yield* nextSniNames(previous, staged.snis);
  const caCertificates = yield* withChanges(previous.caCertificates, staged.ca_certificates);
  const services = yield* withChanges(previous.services, staged.services);
  const routes = yield* withChanges(previous.routes, staged.routes);
  const upstreams = yield* withChanges(previous.upstreams, staged.upstreams);
  const upstreamsByName = yield* nextUpstreamNames(previous, staged.upstreams);
  const plugins = yield* nextInstances(previous.instances, staged.plugins, (record) =>
    make.instance(record),
  );
  const balancers = yield* nextBalancers(previous, staged, services, upstreamsByName, make);
  const certified = yield* servicesCertified(
    services,
    upstreamsByName,
    staged.certificates,
    staged.ca_certificates,
  );
  const source = certificateSource(certificates, caCertificates);
  const servicePlans = yield* nextServicePlans(previous.servicePlans, staged.services, {
    balancers,
    certified,
    transportOf: (record) =>
      make.transport(record, upstreamsByName.get(record.host) ?? null, source),
  });
  const requests = yield* previous.chains.next(changesOf('requests', plugins.changes));
  const streams = yield* previous.streamChains.next(changesOf('streams', plugins.changes));
  const routePlans = yield* nextRoutePlans(previous.routePlans, {
    routes,
    stagedRoutes: staged.routes,
    services: servicePlans,
    chains: requests.chains,
    streamChains: streams.chains,
    changedChains: changedInEither(requests.changed, streams.changed),
  });
  const differences = yield* routerChanges(previous.routes, staged.routes);
  const router =
    routes === previous.routes
      ? previous.router
      : yield* make.router(previous.router, differences, routerInputs(routes));
  const streamRouter = yield* nextStreamRouter(previous.streamRouter, staged.routes, routes);
  const asking = nextAsking(previous.asking, plugins.changes);
  const trusting = { asking, routes, caCertificates };
  const clientTrusts = yield* nextClientTrusts(previous, trusting);
  const compiled: Compiled = {
    certificates,
    snis,
    snisByName,
    caCertificates,
    services,
    routes,
    upstreams,
    upstreamsByName,
    instances: plugins.instances,
    balancers: balancers.balancers,
    servicePlans: servicePlans.plans,
    routePlans,
    chains: requests.chains,
    streamChains: streams.chains,
    router,
    streamRouter,
    asking,
    clientTrusts,
  };
  const retired: Retired = {
    instances: plugins.retired,
    balancers: balancers.retired,
    transports: servicePlans.retired,
  };
  return { compiled, retired };
}
