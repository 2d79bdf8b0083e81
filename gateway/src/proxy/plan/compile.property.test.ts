import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Change } from '../../snapshot/records.ts';
import { NOTHING } from './compiled.ts';
import type { Compiled } from './compiled.ts';
import { gone, plugin, route, service, upstream } from './testing/changes.ts';
import { after, Workshop } from './testing/workshop.ts';

describe('a configuration that follows others', () => {
  const ids = ['1', '2', '3'];
  const hosts = ['h1', 'h2', 'pool'];
  /** What each of a few entities is to be: null for not there. */
  const services = fc.record({ host: fc.constantFrom(...hosts), port: fc.constantFrom(80, 81) });
  const routes = fc.record({ service: fc.option(fc.constantFrom(...ids)), strip: fc.boolean() });
  const plugins = fc.record({
    name: fc.constantFrom('p', 'q'),
    route: fc.option(fc.constantFrom(...ids)),
    service: fc.option(fc.constantFrom(...ids)),
  });
  const some = <T>(values: fc.Arbitrary<T>) =>
    fc.tuple(...ids.map(() => fc.option(values, { freq: 3 })));
  const configurations = fc.record({
    services: some(services),
    routes: some(routes),
    plugins: some(plugins),
    pool: fc.option(fc.boolean()),
  });
  type Configuration = typeof configurations extends fc.Arbitrary<infer C> ? C : never;

  /** By kind and id. Routes lose a service that is not there, plugins with the scope of another go. */
  function entitiesOf(wanted: Configuration): Map<string, Change> {
    const changes: Change[] = [];
    const has = (list: readonly unknown[], id: string): boolean => list[Number(id) - 1] !== null;
    wanted.services.forEach((fields, i) => {
      if (fields !== null) changes.push(service(ids[i]!, fields));
    });
    wanted.routes.forEach((fields, i) => {
      if (fields === null) return;
      const known = fields.service !== null && has(wanted.services, fields.service);
      const bound = known ? { service: fields.service! } : {};
      changes.push(route(ids[i]!, { strip_path: fields.strip, ...bound }));
    });
    const scopes = new Set<string>();
    wanted.plugins.forEach((fields, i) => {
      const scope = JSON.stringify(fields);
      if (fields === null || scopes.has(scope)) return;
      scopes.add(scope);
      const { name, route: ofRoute, service: ofService } = fields;
      const bound = {
        ...(ofRoute === null ? {} : { route: ofRoute }),
        ...(ofService === null ? {} : { service: ofService }),
      };
      changes.push(plugin(ids[i]!, { name, ...bound }));
    });
    if (wanted.pool !== null) changes.push(upstream('pool', { use_srv_name: wanted.pool }));
    return new Map(changes.map((change) => [keyOf(change), change]));
  }

  function keyOf(change: Change): string {
    return `${change.kind} ${change.op === 'put' ? change.record.id : change.id}`;
  }

  function stepsBetween(from: Map<string, Change>, to: Map<string, Change>): Change[] {
    const steps: Change[] = [];
    for (const [key, change] of to) {
      if (JSON.stringify(from.get(key)) !== JSON.stringify(change)) steps.push(change);
    }
    for (const [key, change] of from) {
      if (!to.has(key) && change.op === 'put') steps.push(gone(change.kind, change.record.id));
    }
    return steps;
  }

  function contentOf({
    routePlans,
    servicePlans,
    balancers,
    chains,
    instances,
  }: Compiled): unknown {
    return {
      routes: ids.map((id) => {
        const plan = routePlans.get(id);
        const slots = plan?.chain.slots.map((slot) => slot.fixed?.info);
        const { host, port } = plan?.service ?? {};
        return plan && { slots, host, port, strip: plan.stripPath };
      }),
      balancers: ids.map((id) => {
        const plan = servicePlans.get(id);
        const inUse = plan && balancers.get(`http://${plan.host}:${plan.port}`);
        if (plan !== undefined) assert.equal(plan.balancer, inUse?.balancer);
        return inUse && { upstream: inUse.upstream, services: inUse.services };
      }),
      global: chains.global.slots.map((slot) => slot.fixed?.info),
      sizes: [routePlans, servicePlans, balancers, instances].map(({ size }) => size),
    };
  }

  it('holds what it would hold had there been nothing before', () => {
    fc.assert(
      fc.property(fc.array(configurations, { maxLength: 8 }), (history) => {
        let compiled = NOTHING;
        let entities = new Map<string, Change>();
        for (const wanted of history) {
          const next = entitiesOf(wanted);
          compiled = after(compiled, new Workshop(), stepsBetween(entities, next));
          entities = next;
          const fresh = after(NOTHING, new Workshop(), [...next.values()]);
          assert.deepEqual(contentOf(compiled), contentOf(fresh));
          for (const id of ids) {
            const plan = compiled.routePlans.get(id);
            const { service: ofRoute } = compiled.routes.get(id) ?? {};
            const expected = ofRoute === undefined ? undefined : compiled.servicePlans.get(ofRoute);
            assert.equal(plan?.service ?? undefined, expected);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
