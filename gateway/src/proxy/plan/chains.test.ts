import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { PluginHandlers } from '../../plugin/plugin.ts';
import { Chains } from './chains.ts';
import type { ChangedChains } from './chains.ts';
import type { Chain, ChainSlot, PluginInstance } from './plan.ts';

interface Scope {
  route?: string;
  service?: string;
  consumer?: string;
}

function instance(
  id: string,
  scope: Scope = {},
  {
    name = 'p',
    priority = 0,
    handlers = {},
  }: { name?: string; priority?: number; handlers?: PluginHandlers } = {},
): PluginInstance {
  const { route = null, service = null, consumer = null } = scope;
  const takes = { requests: true, streams: false };
  return { info: { id, name, route, service, consumer }, priority, handlers, takes };
}

/** The chains after some instances came and others went. */
function nextChains(
  previous: Chains,
  added: readonly PluginInstance[],
  removed: readonly PluginInstance[] = [],
): { chains: Chains; changed: ChangedChains } {
  const replaced = (it: PluginInstance) => removed.find(({ info }) => info.id === it.info.id);
  const left = removed.filter((it) => !added.some(({ info }) => info.id === it.info.id));
  const work = previous.next([
    ...added.map((after) => ({ before: replaced(after) ?? null, after })),
    ...left.map((before) => ({ before, after: null })),
  ]);
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

function chainsOf(instances: readonly PluginInstance[]): Chains {
  return nextChains(Chains.none(), instances).chains;
}

/** What the engine does at a plugin's turn. */
function chosen(slot: ChainSlot | undefined, consumer: string | null): string | undefined {
  const own = consumer === null ? undefined : slot?.byConsumer?.get(consumer);
  return (own ?? slot?.fixed)?.info.id;
}

const names = (chain: Chain): string[] =>
  chain.slots.map((slot) => slot.fixed?.info.name ?? '(by consumer)');

/** Most specific first. */
const precedence: readonly (readonly [string, Scope])[] = [
  ['route+service+consumer', { route: 'r', service: 's', consumer: 'c' }],
  ['route+consumer', { route: 'r', consumer: 'c' }],
  ['service+consumer', { service: 's', consumer: 'c' }],
  ['route+service', { route: 'r', service: 's' }],
  ['consumer', { consumer: 'c' }],
  ['route', { route: 'r' }],
  ['service', { service: 's' }],
  ['global', {}],
];

describe('which instance of a plugin runs', () => {
  for (const [i, [id]] of precedence.entries()) {
    it(`is the one for ${id} when nothing more specific is there`, () => {
      const instances = precedence.slice(i).map(([each, scope]) => instance(each, scope));
      const chain = chainsOf(instances.reverse()).for('r', 's');
      assert.equal(chain.slots.length, 1);
      assert.equal(chosen(chain.slots[0], 'c'), id);
    });
  }

  it('is that of the most specific scope for any set of instances and any request', () => {
    const some = (value: string): fc.Arbitrary<string | undefined> =>
      fc.constantFrom(undefined, value, `other ${value}`);
    const scopes = fc.record({ route: some('r'), service: some('s'), consumer: some('c') });
    const sets = fc.uniqueArray(scopes, { selector: (scope) => JSON.stringify(scope) });
    fc.assert(
      fc.property(sets, fc.constantFrom(null, 'c', 'unknown'), (set, consumer) => {
        const fits = (scope: Scope, wanted: Scope): boolean =>
          scope.route === wanted.route &&
          scope.service === wanted.service &&
          scope.consumer === wanted.consumer;
        const expected = precedence
          .filter(([, scope]) => scope.consumer === undefined || consumer === 'c')
          .find(([, wanted]) => set.some((scope) => fits(scope as Scope, wanted)));
        const instances = set.map((scope) => {
          const known = precedence.find(([, wanted]) => fits(scope as Scope, wanted));
          return instance(known?.[0] ?? 'elsewhere', scope as Scope);
        });
        const slot = chainsOf(instances).for('r', 's').slots[0];
        assert.equal(chosen(slot, consumer), expected?.[0]);
      }),
    );
  });

  it('is none for a route without the service that the instance is bound to', () => {
    const chains = chainsOf([instance('bound', { route: 'r', service: 's' })]);
    assert.equal(chains.for('r', null).slots.length, 0);
    assert.equal(chains.for('r', 'other').slots.length, 0);
  });

  it('is only a global one for every consumer when there is no route', () => {
    const chains = chainsOf([
      instance('global', {}, { name: 'a' }),
      instance('consumer', { consumer: 'c' }, { name: 'b' }),
      instance('service', { service: 's' }, { name: 'c' }),
    ]);
    assert.deepEqual(
      chains.global.instances?.map(({ info }) => info.id),
      ['global'],
    );
  });
});

describe('a chain', () => {
  it('runs by priority descending, then by name descending', () => {
    const chains = chainsOf([
      instance('1', {}, { name: 'beta', priority: 10 }),
      instance('2', {}, { name: 'late', priority: -1000 }),
      instance('3', { route: 'r' }, { name: 'gamma', priority: 10 }),
      instance('4', { service: 's' }, { name: 'first', priority: 900 }),
      instance('5', {}, { name: 'alpha', priority: 10 }),
    ]);
    assert.deepEqual(names(chains.for('r', 's')), ['first', 'gamma', 'beta', 'alpha', 'late']);
  });

  it('lists its instances only when none depends on the consumer', () => {
    const fixed = instance('fixed');
    assert.deepEqual(chainsOf([fixed]).for('r', null).instances, [fixed]);
    assert.equal(
      chainsOf([fixed, instance('own', { consumer: 'c' })]).for('r', null).instances,
      null,
    );
  });

  it('knows the phases of every instance that could run', () => {
    const chains = chainsOf([
      instance('fixed', {}, { handlers: { access: () => {} } }),
      instance('own', { consumer: 'c' }, { handlers: { log: () => {} } }),
      instance('elsewhere', { route: 'x' }, { handlers: { responseBody: () => null } }),
    ]);
    const { hasAccess, hasResponseHeaders, hasResponseBody, hasLog } = chains.for('r', 's');
    assert.deepEqual(
      { hasAccess, hasResponseHeaders, hasResponseBody, hasLog },
      { hasAccess: true, hasResponseHeaders: false, hasResponseBody: false, hasLog: true },
    );
  });

  it('has the rewrite handlers of global instances only', () => {
    const rewrite = { handlers: { rewrite: () => {} } };
    const chains = chainsOf([
      instance('global', {}, { name: 'a', ...rewrite }),
      instance('route', { route: 'r' }, { name: 'b', ...rewrite }),
      instance('no rewrite', {}, { name: 'c' }),
    ]);
    assert.deepEqual(
      chains.rewriters.map(({ info }) => info.id),
      ['global'],
    );
  });
});

describe('counting by consumer', () => {
  it('is wanted as long as some instance wants it', () => {
    const counting = { handlers: { countsByConsumer: true } };
    const one = instance('1', { route: 'r' }, counting);
    const two = instance('2', {}, counting);
    const both = nextChains(chainsOf([instance('idle')]), [one, two]).chains;
    const quiet = instance('2');
    const left = nextChains(both, [quiet], [two]).chains;
    const none = nextChains(left, [], [one]).chains;
    assert.deepEqual(
      [both, left, none].map((chains) => chains.countsByConsumer),
      [true, true, false],
    );
  });
});

describe('sharing of chains', () => {
  it('gives one object to all routes without plugins of their own', () => {
    const chains = chainsOf([instance('global'), instance('other', { route: 'bound' })]);
    const shared = chains.for('r1', 's1');
    assert.equal(chains.for('r2', 's2'), shared);
    assert.equal(chains.for('r3', null), shared);
    assert.notEqual(chains.for('bound', 's1'), shared);
  });

  it('gives one object to the routes of a service with plugins', () => {
    const chains = chainsOf([instance('global'), instance('service', { service: 's' })]);
    assert.equal(chains.for('r1', 's'), chains.for('r2', 's'));
    assert.notEqual(chains.for('r1', 's'), chains.for('r1', 'other'));
  });

  it('keeps the object over a change that does not concern the route', () => {
    const gone = instance('gone', { route: 'x' });
    const before = chainsOf([
      instance('global'),
      instance('route', { route: 'r' }),
      instance('c1', { consumer: 'c1' }),
      instance('c2', { consumer: 'c2' }),
      instance('own', { route: 'r', consumer: 'c1' }),
      gone,
    ]);
    const [route, base] = [before.for('r', 's'), before.for('y', 's')];
    const { chains, changed } = nextChains(before, [instance('new', { route: 'x' })], [gone]);
    assert.equal(chains.for('r', 's', route), route);
    assert.equal(chains.for('y', 's'), base);
    assert.equal(chains.global, before.global);
    assert.deepEqual([changed.all, ...changed.routes], [false, 'x']);
  });

  it('keeps the object when what changed does not show in it', () => {
    const covered = instance('covered');
    const before = chainsOf([covered, instance('route', { route: 'r' })]);
    const chain = before.for('r', 's');
    const { chains } = nextChains(before, [instance('new')], [covered]);
    assert.equal(chains.for('r', 's', chain), chain);
  });

  it('makes a new object when an instance for one consumer was replaced', () => {
    const replaced = instance('c2', { consumer: 'c2' });
    const before = chainsOf([instance('c1', { consumer: 'c1' }), replaced]);
    const old = before.for('r', null);
    const next = instance('c2', { consumer: 'c2' });
    const after = nextChains(before, [next], [replaced]).chains.for('r', null, old);
    assert.notEqual(after, old);
    assert.equal(after.slots[0]?.byConsumer?.get('c2'), next);
    assert.equal(old.slots[0]?.byConsumer?.get('c2'), replaced);
  });
});

describe('chains that follow others', () => {
  const maybe = (...values: string[]) => fc.constantFrom(undefined, ...values);
  const scopes = fc.record({
    route: maybe('r1', 'r2'),
    service: maybe('s1'),
    consumer: maybe('c'),
  });
  const bindings = fc.record({ name: fc.constantFrom('p', 'q'), scope: scopes });
  /** Sets of instances, one after the other, none of which has two in one scope. */
  const histories = fc.array(fc.uniqueArray(bindings, { selector: (it) => JSON.stringify(it) }), {
    maxLength: 6,
  });
  const routes = ['r1', 'r2', 'r3'].flatMap((route) =>
    [null, 's1', 's2'].map((service) => ({ route, service })),
  );

  function content(chain: Chain): unknown {
    return chain.slots.map(({ fixed, byConsumer }) => [fixed, byConsumer?.get('c')]);
  }

  it('are those made at once of what is left, and say which routes they differ for', () => {
    fc.assert(
      fc.property(histories, fc.array(fc.boolean(), { minLength: 12 }), (history, replace) => {
        let chains = Chains.none();
        let held = new Map<string, PluginInstance>();
        for (const set of history) {
          const before = chains;
          const next = new Map<string, PluginInstance>();
          for (const [i, { name, scope }] of set.entries()) {
            const key = JSON.stringify([name, scope]);
            const old = replace[i % replace.length] === true ? undefined : held.get(key);
            next.set(key, old ?? instance(key, scope as Scope, { name }));
          }
          const isNotIn = (map: Map<string, PluginInstance>) => (it: PluginInstance) =>
            map.get(it.info.id) !== it;
          const added = [...next.values()].filter(isNotIn(held));
          const removed = [...held.values()].filter(isNotIn(next));
          const step = nextChains(before, added, removed);
          chains = step.chains;
          held = next;
          const fresh = chainsOf([...held.values()]);
          assert.deepEqual(content(chains.global), content(fresh.global));
          for (const { route, service } of routes) {
            const { all, routes: ofRoutes, services } = step.changed;
            const isTold =
              all || ofRoutes.has(route) || (service !== null && services.has(service));
            const old = before.for(route, service);
            const chain = chains.for(route, service, old);
            assert.deepEqual(content(chain), content(fresh.for(route, service)));
            if (!isTold) assert.deepEqual(content(chain), content(old));
          }
        }
      }),
    );
  });
});
