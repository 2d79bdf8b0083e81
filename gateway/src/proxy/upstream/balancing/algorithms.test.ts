import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { UpstreamRecord } from '../../../snapshot/records.ts';
import type { Asking } from './algorithm.ts';
import { askingFor } from '../dns/asking.suite.ts';
import { Peer, type Balancer } from './balancer.ts';
import { createBalancer } from './balancers.ts';
import { setUpResolver } from '../dns/resolver-setup.suite.ts';

const SERVICE = { protocol: 'http', host: 'orders.lb', port: 80 };

function upstream(
  weights: Readonly<Record<string, number>>,
  others: Partial<UpstreamRecord>,
): UpstreamRecord {
  const targets = Object.entries(weights).map(([host, weight]) => {
    return { id: host, host, port: 80, weight };
  });
  return {
    id: 'u',
    name: 'orders.lb',
    algorithm: 'round-robin',
    use_srv_name: false,
    targets,
    ...others,
  };
}

const byHeader: Partial<UpstreamRecord> = {
  algorithm: 'consistent-hashing',
  hashing: { slots: 10_000, inputs: [{ source: 'header', name: 'key' }] },
};

function keyed(key: string): Asking {
  return askingFor({ request: { path: '/', headerValues: () => [key], queryValues: () => [] } });
}

function addressFor(balancer: Balancer, asking: Asking = askingFor()): string {
  const picked = balancer.pick(asking);
  if (!(picked instanceof Peer)) assert.fail(picked ?? 'still undecided');
  return picked.address;
}

const THREE = { '10.0.0.1': 100, '10.0.0.2': 100, '10.0.0.3': 100 };
const keys = Array.from({ length: 200 }, (_, i) => `k${i}`);

describe('consistent hashing', () => {
  it('sends the same key to the same target, whatever the order of the targets', async () => {
    await using t = await setUpResolver({});
    const one = createBalancer(SERVICE, upstream(THREE, byHeader), t.resolver);
    const turned = Object.fromEntries(Object.entries(THREE).reverse());
    const other = createBalancer(SERVICE, upstream(turned, byHeader), t.resolver);
    const found = keys.map((key) => addressFor(one, keyed(key)));
    assert.equal(new Set(found).size, 3);
    assert.deepEqual(
      keys.map((key) => addressFor(other, keyed(key))),
      found,
    );
  });

  it('tries the others one after another, and then from the start', async () => {
    await using t = await setUpResolver({});
    const balancer = createBalancer(SERVICE, upstream(THREE, byHeader), t.resolver);
    const asking = keyed('k1');
    const tried = [1, 2, 3, 4].map(() => addressFor(balancer, asking));
    assert.equal(new Set(tried.slice(0, 3)).size, 3);
    assert.equal(tried[3], tried[0]);
  });

  it('moves no other key when a name gets another address', async () => {
    const zones = { 'a.test': { a: ['10.0.0.1'], ttl: 10 } };
    await using t = await setUpResolver(zones);
    const targets = { 'a.test': 100, '10.0.0.2': 100, '10.0.0.3': 100 };
    const balancer = createBalancer(SERVICE, upstream(targets, byHeader), t.resolver);
    balancer.pick(keyed('k0'));
    await t.resolver.resolve('a.test');
    await new Promise((resolve) => setImmediate(resolve));
    const before = keys.map((key) => addressFor(balancer, keyed(key)));
    t.dns.zones['a.test'] = { a: ['10.0.0.9'] };
    t.clock.now = 10_000;
    balancer.pick(keyed('k0'));
    await t.resolver.resolve('a.test');
    await new Promise((resolve) => setImmediate(resolve));
    const after = keys.map((key) => addressFor(balancer, keyed(key)));
    assert.ok(before.includes('10.0.0.1') && after.includes('10.0.0.9'));
    const stayed = keys.filter((_, i) => before[i] !== '10.0.0.1' && after[i] !== '10.0.0.9');
    assert.ok(stayed.length > 80, `${stayed.length} keys`);
    for (const key of stayed) assert.equal(after[keys.indexOf(key)], before[keys.indexOf(key)]);
  });
});

describe('least-connections', () => {
  const byLoad = { algorithm: 'least-connections' };

  it('sends a request where the fewest are open for the weight', async () => {
    await using t = await setUpResolver({});
    const weights = { '10.0.0.1': 200, '10.0.0.2': 100 };
    const balancer = createBalancer(SERVICE, upstream(weights, byLoad), t.resolver);
    const open = Array.from({ length: 6 }, () => {
      const asking = askingFor();
      return { asking, address: addressFor(balancer, asking) };
    });
    assert.equal(open.filter(({ address }) => address === '10.0.0.1').length, 4);
    const over = open.filter(({ address }) => address === '10.0.0.2');
    for (const { asking } of over) asking.placement!.ended(0, false);
    assert.deepEqual([addressFor(balancer), addressFor(balancer)], ['10.0.0.2', '10.0.0.2']);
  });

  it('goes elsewhere after a failure, and counts the request there', async () => {
    await using t = await setUpResolver({});
    const balancer = createBalancer(SERVICE, upstream(THREE, byLoad), t.resolver);
    const asking = askingFor();
    const tried = [1, 2, 3].map(() => addressFor(balancer, asking));
    assert.equal(new Set(tried).size, 3);
    // Where it is now there is one more than elsewhere.
    const next = [addressFor(balancer), addressFor(balancer)];
    assert.deepEqual(new Set(next), new Set(tried.slice(0, 2)));
  });

  it('lets equals take turns', async () => {
    await using t = await setUpResolver({});
    const balancer = createBalancer(SERVICE, upstream(THREE, byLoad), t.resolver);
    const found = Array.from({ length: 30 }, () => {
      const asking = askingFor();
      const address = addressFor(balancer, asking);
      asking.placement!.ended(0, false);
      return address;
    });
    for (const address of Object.keys(THREE)) {
      assert.equal(found.filter((each) => each === address).length, 10);
    }
  });

  it('keeps its counts when the upstream is changed', async () => {
    await using t = await setUpResolver({});
    const two = { '10.0.0.1': 100, '10.0.0.2': 100 };
    const before = createBalancer(SERVICE, upstream(two, byLoad), t.resolver);
    const first = addressFor(before);
    const after = createBalancer(SERVICE, upstream(THREE, byLoad), t.resolver, before);
    const next = [addressFor(after), addressFor(after)];
    assert.ok(!next.includes(first));
  });
});

describe('latency', () => {
  const byLatency = { algorithm: 'latency' };
  const TWO = { '10.0.0.1': 100, '10.0.0.2': 100 };

  /** A request that takes as long as its target lets it. */
  function ask(balancer: Balancer, clock: { now: number }, times: Record<string, number>): string {
    const asking = askingFor();
    const address = addressFor(balancer, asking);
    clock.now += times[address]!;
    asking.placement!.ended(clock.now, false);
    return address;
  }

  it('sends most requests to the target that answers soonest', async () => {
    await using t = await setUpResolver({});
    const balancer = createBalancer(SERVICE, upstream(TWO, byLatency), t.resolver);
    const times = { '10.0.0.1': 200, '10.0.0.2': 20 };
    const found = Array.from({ length: 200 }, () => ask(balancer, t.clock, times));
    const fast = found.filter((address) => address === '10.0.0.2').length;
    assert.ok(fast > 120 && fast < 200, `${fast} of 200`);
  });

  it('does not take a target that fails at once for a fast one', async () => {
    await using t = await setUpResolver({});
    const balancer = createBalancer(SERVICE, upstream(TWO, byLatency), t.resolver);
    let failures = 0;
    for (let i = 0; i < 200; i++) {
      t.clock.now += 50;
      const asking = askingFor();
      const fails = addressFor(balancer, asking) === '10.0.0.1';
      if (fails) failures++;
      else t.clock.now += 100;
      asking.placement!.ended(t.clock.now, fails);
    }
    assert.ok(failures > 0 && failures < 20, `${failures} of 200`);
  });
});
