import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { PluginHandlers } from '../../plugin/plugin.ts';
import { buildChains } from './chains.ts';
import type { Chains } from './chains.ts';
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
  return { info: { id, name, route, service, consumer }, priority, handlers };
}

function chainsOf(instances: PluginInstance[], previous: Chains | null = null): Chains {
  const work = buildChains(instances, previous);
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
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
    const kept = [
      instance('global'),
      instance('route', { route: 'r' }),
      instance('c1', { consumer: 'c1' }),
      instance('c2', { consumer: 'c2' }),
      instance('own', { route: 'r', consumer: 'c1' }),
    ];
    const before = chainsOf([...kept, instance('gone', { route: 'x' })]);
    const [route, base] = [before.for('r', 's'), before.for('y', 's')];
    const after = chainsOf([...kept, instance('new', { route: 'x' })], before);
    assert.equal(after.for('r', 's'), route);
    assert.equal(after.for('y', 's'), base);
    assert.equal(after.global, before.global);
  });

  it('makes a new object when an instance for one consumer was replaced', () => {
    const before = chainsOf([
      instance('c1', { consumer: 'c1' }),
      instance('c2', { consumer: 'c2' }),
    ]);
    const old = before.for('r', null);
    const next = [instance('c1', { consumer: 'c1' }), instance('c2', { consumer: 'c2' })];
    const after = chainsOf(next, before);
    assert.notEqual(after.for('r', null), old);
    assert.equal(after.for('r', null).slots[0]?.byConsumer?.get('c2'), next[1]);
    assert.notEqual(old.slots[0]?.byConsumer?.get('c2'), next[1]);
  });
});
