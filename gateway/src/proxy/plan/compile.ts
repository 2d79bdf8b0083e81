import { buildChains } from './chains.ts';
import type { Compiled, Makers } from './compiled.ts';
import { nextInstances } from './plugin-instance.ts';
import { nextRoutePlans, routerInputs } from './route-plan.ts';
import { nextBalancers, nextServicePlans } from './service-plan.ts';
import { withChanges } from './staged-changes.ts';
import type { StagedChanges } from './staged-changes.ts';

/**
 * Compiles the configuration that follows `previous`, step by step. What did not change stays the
 * same object.
 *
 * @throws Error that names the entity when a part cannot be made; `previous` is as it was then
 */
export function* compile(
  previous: Compiled,
  staged: StagedChanges,
  make: Makers,
): Generator<unknown, Compiled, void> {
  const services = withChanges(previous.services, staged.services);
  const routes = withChanges(previous.routes, staged.routes);
  const upstreams = withChanges(previous.upstreams, staged.upstreams);
  yield;
  const instances = yield* nextInstances(previous.instances, staged.plugins, (record) =>
    make.instance(record),
  );
  const balancers = yield* nextBalancers(previous, services, upstreams, make);
  const servicePlans = yield* nextServicePlans(previous, services, balancers);
  const chains =
    instances === previous.instances
      ? previous.chains
      : yield* buildChains(instances.values(), previous.chains);
  const routePlans = yield* nextRoutePlans(previous, routes, servicePlans, chains);
  chains.seal();
  const router =
    routes === previous.routes
      ? previous.router
      : yield* make.router(routerInputs(routes), previous.router);
  return {
    services,
    routes,
    upstreams,
    instances,
    balancers,
    servicePlans,
    routePlans,
    chains,
    router,
  };
}
