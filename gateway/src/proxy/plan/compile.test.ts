import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOTHING } from './compiled.ts';
import { gone, plugin, route, service, upstream } from './testing/changes.ts';
import { after, compilationAfter, Workshop } from './testing/workshop.ts';

describe('compiling a configuration', () => {
  it('makes a plan for each route with its service and chain', () => {
    const next = after(NOTHING, new Workshop(), [
      route('r', { service: 's', name: 'api', strip_path: false, protocols: ['https'] }),
      route('alone'),
      service('s', { path: '/base' }),
      plugin('g'),
    ]);
    const plan = next.routePlans.get('r')!;
    assert.equal(plan.service, next.servicePlans.get('s'));
    assert.equal(plan.service?.path, '/base');
    assert.equal(plan.name, 'api');
    assert.equal(plan.stripPath, false);
    assert.deepEqual([plan.acceptsHttp, plan.acceptsHttps], [false, true]);
    assert.equal(next.routePlans.get('alone')?.service, null);
    assert.equal(plan.chain.instances?.[0]?.info.id, 'g');
    assert.equal(plan.chain, next.routePlans.get('alone')?.chain);
  });

  it('refuses requests that it could only serve otherwise than meant', () => {
    const { routePlans } = after(NOTHING, new Workshop(), [
      service('plain'),
      service('tls', { protocol: 'tls' }),
      route('served', { service: 'plain' }),
      route('encrypted', { service: 'tls' }),
      route('blocked', { service: 'plain', blocked: true }),
      route('alone'),
    ]);
    const reasons = ['served', 'encrypted', 'blocked', 'alone'].map(
      (id) => routePlans.get(id)?.refusal?.reason ?? null,
    );
    assert.deepEqual(reasons, [
      null,
      'service_not_supported',
      'plugin_not_supported',
      'no_service',
    ]);
  });

  it('keeps what did not change, down to the object', () => {
    const workshop = new Workshop();
    const before = after(NOTHING, workshop, [
      service('s1'),
      service('s2'),
      route('r1', { service: 's1' }),
      route('r2', { service: 's2' }),
      plugin('g'),
      plugin('own', { route: 'r1' }),
    ]);
    const next = after(before, workshop, [
      service('s2', { retries: 0 }),
      plugin('own', { route: 'r1', config: { a: 1 } }),
    ]);
    assert.equal(next.servicePlans.get('s1'), before.servicePlans.get('s1'));
    assert.notEqual(next.servicePlans.get('s2'), before.servicePlans.get('s2'));
    assert.equal(next.servicePlans.get('s2')?.balancer, before.servicePlans.get('s2')?.balancer);
    assert.equal(next.instances.get('g'), before.instances.get('g'));
    assert.notEqual(next.routePlans.get('r1'), before.routePlans.get('r1'));
    assert.notEqual(next.routePlans.get('r2'), before.routePlans.get('r2'));
    assert.deepEqual(workshop.setups, ['g', 'own', 'own']);
    assert.deepEqual(workshop.balancers, ['s1.test', 's2.test']);
  });

  it('keeps the route whose record, service and plugins are what they were', () => {
    const workshop = new Workshop();
    const before = after(NOTHING, workshop, [
      service('s'),
      route('r1', { service: 's' }),
      route('r2', { service: 's' }),
      plugin('own', { route: 'r2' }),
    ]);
    const next = after(before, workshop, [
      route('r3'),
      plugin('own', { route: 'r2', config: { a: 1 } }),
    ]);
    assert.equal(next.routePlans.get('r1'), before.routePlans.get('r1'));
    assert.notEqual(next.routePlans.get('r2'), before.routePlans.get('r2'));
    assert.equal(workshop.routers, 2);
  });

  it('keeps the router when anything but routes changed', () => {
    const workshop = new Workshop();
    const before = after(NOTHING, workshop, [service('s'), route('r', { service: 's' })]);
    const next = after(before, workshop, [
      { kind: 'consumers', op: 'put', record: { id: 'c', groups: [] } },
      service('s', { retries: 0 }),
      plugin('g'),
    ]);
    assert.equal(next.router, before.router);
    assert.notEqual(next.routePlans.get('r'), before.routePlans.get('r'));
    assert.equal(workshop.routers, 1);
  });

  it('keeps the series of a route that changed under the same name', () => {
    const before = after(NOTHING, new Workshop(), [route('r', { name: 'n' }), route('x')]);
    const series = { service: '', route: 'n' };
    before.routePlans.get('r')!.series = series;
    before.routePlans.get('x')!.series = { service: '', route: 'x' };
    const next = after(before, new Workshop(), [
      route('r', { name: 'n', strip_path: false }),
      route('x', { name: 'renamed' }),
    ]);
    assert.equal(next.routePlans.get('r')?.series, series);
    assert.equal(next.routePlans.get('x')?.series, null);
  });

  it('asks a new balancer when the upstream of that name appears, changes or goes', () => {
    const workshop = new Workshop();
    const first = after(NOTHING, workshop, [service('s', { host: 'pool' })]);
    const second = after(first, workshop, [upstream('pool')]);
    const third = after(second, workshop, [upstream('pool', { use_srv_name: true })]);
    const same = after(third, workshop, [upstream('other')]);
    after(same, workshop, [gone('upstreams', 'pool')]);
    assert.equal(same.servicePlans.get('s'), third.servicePlans.get('s'));
    assert.equal(workshop.balancers.length, 4);
  });

  it('shares a balancer between services that ask the same place', () => {
    const next = after(NOTHING, new Workshop(), [
      service('a', { host: 'h' }),
      service('b', { host: 'h' }),
      service('c', { host: 'h', port: 81 }),
    ]);
    const [a, b, c] = ['a', 'b', 'c'].map((id) => next.servicePlans.get(id)?.balancer);
    assert.equal(a, b);
    assert.notEqual(a, c);
  });

  it('keeps a shared balancer until the last service that asks its place is gone', () => {
    const workshop = new Workshop();
    const shared = { host: 'h' };
    const both = after(NOTHING, workshop, [service('a', shared), service('b', shared)]);
    const one = compilationAfter(both, workshop, [gone('services', 'a')]);
    assert.deepEqual(one.retired.balancers, []);
    const balancer = one.compiled.servicePlans.get('b')?.balancer;
    assert.equal(balancer, both.servicePlans.get('b')?.balancer);
    const none = compilationAfter(one.compiled, workshop, [gone('services', 'b')]);
    assert.deepEqual(none.retired.balancers, [balancer]);
    assert.equal(none.compiled.balancers.size, 0);
  });

  it('tells what no longer is in use', () => {
    const workshop = new Workshop();
    const before = after(NOTHING, workshop, [
      service('s', { host: 'pool' }),
      service('moves'),
      plugin('changes'),
      plugin('goes'),
      plugin('stays'),
    ]);
    const { retired } = compilationAfter(before, workshop, [
      upstream('pool'),
      service('moves', { host: 'elsewhere' }),
      plugin('changes', { config: { a: 1 } }),
      gone('plugins', 'goes'),
    ]);
    assert.deepEqual(
      retired.instances.map(({ info }) => info.id),
      ['changes', 'goes'],
    );
    assert.deepEqual(
      new Set(retired.balancers),
      new Set(['s', 'moves'].map((id) => before.servicePlans.get(id)?.balancer)),
    );
  });

  it('drops what is gone', () => {
    const before = after(NOTHING, new Workshop(), [
      service('s'),
      route('r', { service: 's' }),
      plugin('g'),
    ]);
    const next = after(before, new Workshop(), [
      gone('plugins', 'g'),
      gone('routes', 'r'),
      gone('services', 's'),
    ]);
    assert.equal(next.routePlans.size, 0);
    assert.equal(next.servicePlans.size, 0);
    assert.equal(next.balancers.size, 0);
    assert.equal(next.chains.global.slots.length, 0);
    assert.equal(before.routePlans.size, 1);
  });

  it('refuses a route whose service is missing, by name', () => {
    assert.throws(
      () => after(NOTHING, new Workshop(), [route('r', { name: 'api', service: 'none' })]),
      /route api: its service none is not in the configuration/,
    );
  });
});
