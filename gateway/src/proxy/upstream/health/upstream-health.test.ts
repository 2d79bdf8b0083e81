import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HealthchecksRecord, UpstreamRecord } from '../../../snapshot/records.ts';
import { createHealthMemory } from '../../../shm/target-health.ts';
import { askingFor } from '../dns/asking.suite.ts';
import { Peer, type Balancer } from '../balancing/balancer.ts';
import { createBalancer } from '../balancing/balancers.ts';
import { setUpResolver } from '../dns/resolver-setup.suite.ts';
import { ThreadHealth } from './thread-health.ts';
import { isUpstreamHealthy } from './upstream-health.ts';

const RING = 'failure to get a peer from the ring-balancer';
const SERVICE = { protocol: 'http', host: 'orders.lb', port: 80 };

function upstream(
  rules: Partial<HealthchecksRecord>,
  targets: readonly string[],
  others: Partial<UpstreamRecord> = {},
): UpstreamRecord {
  return {
    id: 'u',
    name: 'orders.lb',
    algorithm: 'round-robin',
    use_srv_name: false,
    healthchecks: {
      threshold: 0,
      healthy_statuses: [200, 302],
      unhealthy_statuses: [429, 500, 503],
      successes: 0,
      http_failures: 0,
      tcp_failures: 0,
      timeouts: 0,
      ...rules,
    },
    targets: targets.map((host) => ({ id: host, host, port: 80, weight: 100 })),
    ...others,
  };
}

/** Threads that share the health of targets. */
function threadsOf(memory = createHealthMemory(64)) {
  return [new ThreadHealth(memory), new ThreadHealth(memory)] as const;
}

function pickNow(balancer: Balancer): Peer {
  const picked = balancer.pick(askingFor());
  if (!(picked instanceof Peer)) assert.fail(picked ?? 'still undecided');
  return picked;
}

/** The addresses that requests go to. */
function addresses(balancer: Balancer): string[] {
  const seen = new Set(Array.from({ length: 20 }, () => pickNow(balancer).address));
  return [...seen].sort();
}

function peerOf(balancer: Balancer, address: string): Peer {
  for (;;) {
    const peer = pickNow(balancer);
    if (peer.address === address) return peer;
  }
}

describe('passive health checks', () => {
  it('are of no concern where an upstream has none', async () => {
    await using t = await setUpResolver({});
    const [thread] = threadsOf();
    const record = upstream({}, ['10.0.0.1']);
    delete record.healthchecks;
    assert.equal(thread.of(record), null);
    assert.equal(thread.of(null), null);
    const balancer = createBalancer(SERVICE, record, t.resolver, null, thread.of(record));
    assert.equal(pickNow(balancer).health, null);
  });

  it('leave out in all threads what one thread found to fail, and take it in again', async () => {
    await using t = await setUpResolver({});
    const record = upstream({ http_failures: 2, successes: 1 }, ['10.0.0.1', '10.0.0.2']);
    const [one, other] = threadsOf().map((thread) =>
      createBalancer(SERVICE, record, t.resolver, null, thread.of(record)),
    ) as [Balancer, Balancer];
    const failing = peerOf(one, '10.0.0.1');
    failing.health!.answered(500);
    assert.deepEqual(addresses(other), ['10.0.0.1', '10.0.0.2']);
    peerOf(other, '10.0.0.1').health!.answered(503);
    assert.deepEqual(addresses(one), ['10.0.0.2']);
    assert.deepEqual(addresses(other), ['10.0.0.2']);
    // The answer to a request that was under way.
    failing.health!.answered(200);
    assert.deepEqual(addresses(other), ['10.0.0.1', '10.0.0.2']);
  });

  it('take failures back with a success, if successes count', async () => {
    await using t = await setUpResolver({});
    const [thread] = threadsOf();
    const results = [0, 1].map((successes) => {
      const record = upstream({ http_failures: 2, successes }, ['10.0.0.1'], {
        id: `${successes}`,
      });
      const balancer = createBalancer(SERVICE, record, t.resolver, null, thread.of(record));
      const health = pickNow(balancer).health!;
      for (const status of [500, 200, 404, 500]) health.answered(status);
      return balancer.pick(askingFor()) instanceof Peer;
    });
    assert.deepEqual(results, [false, true]);
  });

  it('count each kind of failure by its own limit, 504 as a timeout, and nothing that is 0', async () => {
    await using t = await setUpResolver({});
    const [thread] = threadsOf();
    const isOut = (rules: Partial<HealthchecksRecord>, status: number | 'tcp' | 'timeout') => {
      const record = upstream(rules, ['10.0.0.1'], { id: `${JSON.stringify(rules)} ${status}` });
      const balancer = createBalancer(SERVICE, record, t.resolver, null, thread.of(record));
      const health = pickNow(balancer).health!;
      if (status === 'tcp') health.disconnected();
      else if (status === 'timeout') health.timedOut();
      else health.answered(status);
      return balancer.pick(askingFor()) === RING;
    };
    assert.ok(isOut({ tcp_failures: 1 }, 'tcp'));
    assert.ok(isOut({ timeouts: 1 }, 'timeout'));
    assert.ok(isOut({ timeouts: 1, unhealthy_statuses: [] }, 504));
    assert.ok(isOut({ http_failures: 1 }, 429));
    assert.ok(!isOut({ http_failures: 1, timeouts: 1 }, 'tcp'));
    assert.ok(!isOut({ http_failures: 1, tcp_failures: 1 }, 'timeout'));
    assert.ok(!isOut({ tcp_failures: 1, timeouts: 1 }, 500));
    assert.ok(!isOut({ http_failures: 1 }, 404));
    // A status in both lists is a good one.
    assert.ok(!isOut({ http_failures: 1, healthy_statuses: [500] }, 500));
  });

  it('leave no peer when too small a part of the weight is healthy', async () => {
    await using t = await setUpResolver({});
    const [thread] = threadsOf();
    const hosts = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
    const record = upstream({ threshold: 40, http_failures: 1, successes: 1 }, hosts);
    const balancer = createBalancer(SERVICE, record, t.resolver, null, thread.of(record));
    const [first, second] = hosts.map((host) => peerOf(balancer, host).health!);
    first!.answered(500);
    assert.deepEqual(addresses(balancer), ['10.0.0.2', '10.0.0.3']);
    second!.answered(500);
    assert.equal(balancer.pick(askingFor()), RING);
    first!.answered(200);
    assert.deepEqual(addresses(balancer), ['10.0.0.1', '10.0.0.3']);
  });

  it('do not make a request wait for names when all that is known is unhealthy', async () => {
    await using t = await setUpResolver({ 'slow.test': { a: ['10.0.0.2'] } });
    const [thread] = threadsOf();
    const record = upstream({ http_failures: 1 }, ['10.0.0.1', 'slow.test']);
    const balancer = createBalancer(SERVICE, record, t.resolver, null, thread.of(record));
    t.dns.hold();
    pickNow(balancer).health!.answered(500);
    assert.equal(balancer.pick(askingFor()), RING);
    t.dns.release();
    await t.resolver.resolve('slow.test');
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(addresses(balancer), ['10.0.0.2']);
  });

  it('tell targets apart that lead to one address under one Host', async () => {
    const zone = { a: ['10.0.0.9'] };
    await using t = await setUpResolver({ 'a.test': zone, 'b.test': zone });
    const [thread] = threadsOf();
    const record = upstream({ http_failures: 1 }, ['a.test', 'b.test'], { host_header: 'h.test' });
    const balancer = createBalancer(SERVICE, record, t.resolver, null, thread.of(record));
    balancer.pick(askingFor());
    await balancer.whenResolved();
    await Promise.all(['a.test', 'b.test'].map((name) => t.resolver.resolve(name)));
    await new Promise((resolve) => setImmediate(resolve));
    pickNow(balancer).health!.answered(500);
    const left = pickNow(balancer);
    assert.ok(left.health!.healthy);
    left.health!.answered(500);
    assert.equal(balancer.pick(askingFor()), RING);
  });

  it('know a target under new rules as it was under the old', async () => {
    await using t = await setUpResolver({});
    const [thread] = threadsOf();
    const make = (rules: Partial<HealthchecksRecord>, previous: Balancer | null) => {
      const record = upstream(rules, ['10.0.0.1', '10.0.0.2']);
      return createBalancer(SERVICE, record, t.resolver, previous, thread.of(record));
    };
    const before = make({ http_failures: 1 }, null);
    peerOf(before, '10.0.0.1').health!.answered(500);
    const after = make({ http_failures: 3 }, before);
    before.dispose();
    assert.deepEqual(addresses(after), ['10.0.0.2']);
    for (let failures = 0; failures < 3; failures++) pickNow(after).health!.answered(500);
    assert.equal(after.pick(askingFor()), RING);
  });

  it('hold the places of targets as long as a balancer has them', async () => {
    await using t = await setUpResolver({});
    const [thread] = threadsOf(createHealthMemory(1));
    const make = (id: string) => {
      const record = upstream({ http_failures: 1 }, ['10.0.0.1'], { id });
      return createBalancer(SERVICE, record, t.resolver, null, thread.of(record));
    };
    const holder = make('holder');
    const late = make('late');
    const tick = (): void => {
      thread.renew();
      thread.table.sweep();
    };
    for (let ticks = 0; ticks < 10; ticks++) tick();
    pickNow(late).health!.answered(500);
    assert.ok(late.pick(askingFor()) instanceof Peer, 'there is no room to count it');
    pickNow(holder).health!.answered(500);
    assert.equal(holder.pick(askingFor()), RING);
    holder.dispose();
    for (let ticks = 0; ticks < 10; ticks++) tick();
    pickNow(late).health!.answered(500);
    assert.equal(late.pick(askingFor()), RING);
  });
});

describe('an upstream as a whole', () => {
  it('is healthy while more than the threshold is, or all of it', () => {
    assert.ok(isUpstreamHealthy(41, 100, 40));
    assert.ok(!isUpstreamHealthy(40, 100, 40));
    assert.ok(isUpstreamHealthy(100, 100, 100));
    assert.ok(!isUpstreamHealthy(99, 100, 100));
    assert.ok(isUpstreamHealthy(1, 1000, 0));
    assert.ok(!isUpstreamHealthy(0, 1000, 0));
    assert.ok(!isUpstreamHealthy(0, 0, 0));
  });
});
