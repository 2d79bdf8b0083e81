import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { UpstreamRecord } from '../../../snapshot/records.ts';
import { askingFor } from '../dns/asking.suite.ts';
import { Peer, type Balancer } from './balancer.ts';
import { createBalancer } from './balancers.ts';
import { setUpResolver } from '../dns/resolver-setup.suite.ts';

const RING = 'failure to get a peer from the ring-balancer';
const SERVICE = { protocol: 'http', host: 'orders.lb', port: 80 };

function upstream(
  targets: Record<string, number>,
  others: Partial<UpstreamRecord> = {},
): UpstreamRecord {
  return {
    id: 'u',
    name: 'orders.lb',
    algorithm: 'round-robin',
    use_srv_name: false,
    targets: Object.entries(targets).map(([target, weight]) => {
      const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(target)!;
      return { id: target, host, port: Number(port), weight };
    }),
    ...others,
  };
}

/** The next peer, once what was asked for is known. */
async function pickOne(balancer: Balancer): Promise<Peer> {
  if (balancer.pick(askingFor()) === undefined) await balancer.whenResolved();
  await settled();
  const picked = balancer.pick(askingFor());
  if (!(picked instanceof Peer)) assert.fail(picked ?? 'still undecided');
  return picked;
}

/** Resolves when all that follows from answers received so far has been done. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function pickNow(balancer: Balancer): Peer {
  const picked = balancer.pick(askingFor());
  if (!(picked instanceof Peer)) assert.fail(picked ?? 'still undecided');
  return picked;
}

/** How often each peer comes, by name. */
function shares(balancer: Balancer, picks: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let pick = 0; pick < picks; pick++) {
    const { name } = pickNow(balancer);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe('a balancer of one host', () => {
  it('goes to an address directly', async () => {
    await using t = await setUpResolver({});
    const balancer = createBalancer({ ...SERVICE, host: '10.0.0.1' }, null, t.resolver);
    const peer = pickNow(balancer);
    assert.equal(peer.name, '10.0.0.1:80');
    assert.equal(balancer.pick(askingFor()), peer);
    await balancer.whenResolved();
    assert.deepEqual(t.dns.questions, []);
  });

  it('takes IPv6 addresses with brackets or without, in any spelling', async () => {
    await using t = await setUpResolver({});
    for (const host of ['2001:db8::2', '[2001:DB8:0000:0:0:0:0:2]']) {
      const peer = pickNow(createBalancer({ ...SERVICE, host, port: 8080 }, null, t.resolver));
      assert.equal(peer.name, '[2001:db8::2]:8080');
      assert.match(peer.hostHeader, /^\[[^[\]]+\]:8080$/);
    }
  });

  it('asks for a name when it is first needed and shares requests among its addresses', async () => {
    await using t = await setUpResolver({ 'orders.lb': { a: ['10.0.0.1', '10.0.0.2'] } });
    const balancer = createBalancer(SERVICE, null, t.resolver);
    assert.deepEqual(t.dns.questions, []);
    assert.equal(balancer.pick(askingFor()), undefined);
    await balancer.whenResolved();
    assert.deepEqual(shares(balancer, 10), { '10.0.0.1:80': 5, '10.0.0.2:80': 5 });
    assert.deepEqual(t.dns.questions, ['A orders.lb']);
  });

  it('has an answer at once when another balancer has asked for the name', async () => {
    await using t = await setUpResolver({ 'orders.lb': { a: ['10.0.0.1'] } });
    await pickOne(createBalancer(SERVICE, null, t.resolver));
    assert.equal(pickNow(createBalancer(SERVICE, null, t.resolver)).address, '10.0.0.1');
  });

  it('says that the name does not resolve, and finds it once it does', async () => {
    await using t = await setUpResolver({});
    const balancer = createBalancer(SERVICE, null, t.resolver);
    assert.equal(balancer.pick(askingFor()), undefined);
    await balancer.whenResolved();
    assert.equal(balancer.pick(askingFor()), 'name resolution failed');
    t.dns.zones['orders.lb'] = { a: ['10.0.0.1'] };
    t.clock.now = 29_999;
    assert.equal(balancer.pick(askingFor()), 'name resolution failed');
    t.clock.now = 30_000;
    assert.equal((await pickOne(balancer)).address, '10.0.0.1');
  });

  it('takes port and weight from SRV records', async () => {
    await using t = await setUpResolver({
      '_http._tcp.lb': {
        srv: [
          { weight: 3, port: 8001, name: 'one.test' },
          { weight: 1, port: 8002, name: 'two.test' },
        ],
      },
      'one.test': { a: ['10.0.0.1'] },
      'two.test': { a: ['10.0.0.2'] },
    });
    const balancer = createBalancer({ ...SERVICE, host: '_http._tcp.lb' }, null, t.resolver);
    assert.match((await pickOne(balancer)).hostHeader, /^_http\._tcp\.lb:800[12]$/);
    assert.deepEqual(shares(balancer, 8), { '10.0.0.1:8001': 6, '10.0.0.2:8002': 2 });
  });
});

describe('a balancer while a name is asked for again', () => {
  const ONE = { 'orders.lb': { a: ['10.0.0.1', '10.0.0.2'], ttl: 10 } };

  it('goes on with the old addresses, then takes the new ones and keeps what stayed', async () => {
    await using t = await setUpResolver(ONE);
    const balancer = createBalancer(SERVICE, null, t.resolver);
    const before = new Map<string, Peer>();
    await pickOne(balancer);
    for (let pick = 0; pick < 2; pick++) {
      const peer = pickNow(balancer);
      before.set(peer.address, peer);
    }
    t.dns.zones['orders.lb'] = { a: ['10.0.0.2', '10.0.0.3'] };
    t.dns.hold();
    t.clock.now = 10_000;
    assert.ok(before.has(pickNow(balancer).address));
    await t.dns.asked(2);
    assert.ok(before.has(pickNow(balancer).address));
    t.dns.release();
    await t.resolver.resolve('orders.lb');
    await settled();
    const after = [pickNow(balancer), pickNow(balancer)];
    after.sort((a, b) => a.address.localeCompare(b.address));
    assert.equal(after[0], before.get('10.0.0.2'));
    assert.equal(after[1]?.address, '10.0.0.3');
  });

  it('goes on with them while the server fails, for an hour', async () => {
    await using t = await setUpResolver(ONE);
    const balancer = createBalancer(SERVICE, null, t.resolver);
    await pickOne(balancer);
    t.dns.zones['orders.lb'] = { fail: 'SERVFAIL' };
    for (t.clock.now = 10_000; t.clock.now < 14_000; t.clock.now += 1_000) {
      pickNow(balancer);
      await t.resolver.resolve('orders.lb');
      await settled();
    }
    t.clock.now = 3_610_000;
    assert.equal(balancer.pick(askingFor()), undefined);
    await balancer.whenResolved();
    assert.equal(balancer.pick(askingFor()), 'name resolution failed');
  });

  it('asks once, however many requests there are', async () => {
    await using t = await setUpResolver(ONE);
    const balancer = createBalancer(SERVICE, null, t.resolver);
    await pickOne(balancer);
    t.clock.now = 10_000;
    t.dns.hold();
    for (let pick = 0; pick < 100; pick++) pickNow(balancer);
    t.dns.release();
    await t.resolver.resolve('orders.lb');
    assert.equal(t.dns.questions.length, 2);
  });

  it('does not ask again once it is disposed', async () => {
    await using t = await setUpResolver(ONE);
    const balancer = createBalancer(SERVICE, null, t.resolver);
    await pickOne(balancer);
    balancer.dispose();
    t.clock.now = 10_000;
    pickNow(balancer);
    await t.resolver.resolve('other.lb');
    assert.deepEqual(t.dns.questions, ['A orders.lb', 'A other.lb']);
  });
});

describe('a balancer of an upstream', () => {
  it('shares requests out by weight and gives none to weight 0', async () => {
    await using t = await setUpResolver({});
    const targets = { '10.0.0.1:8001': 300, '10.0.0.2:8002': 100, '10.0.0.3:8003': 0 };
    const balancer = createBalancer(SERVICE, upstream(targets), t.resolver);
    assert.deepEqual(shares(balancer, 8), { '10.0.0.1:8001': 6, '10.0.0.2:8002': 2 });
  });

  it('gives each address of a name the full weight of its target', async () => {
    await using t = await setUpResolver({ 'two.test': { a: ['10.0.0.2', '10.0.0.3'] } });
    const targets = { '10.0.0.1:80': 100, 'two.test:80': 100 };
    const balancer = createBalancer(SERVICE, upstream(targets), t.resolver);
    pickNow(balancer);
    await t.resolver.resolve('two.test');
    await settled();
    assert.deepEqual(shares(balancer, 6), {
      '10.0.0.1:80': 2,
      '10.0.0.2:80': 2,
      '10.0.0.3:80': 2,
    });
  });

  for (const [about, targets] of [
    ['no targets', {}],
    ['only targets of weight 0', { '10.0.0.1:80': 0, 'a.test:80': 0 }],
  ] as const) {
    it(`has no peer with ${about}`, async () => {
      await using t = await setUpResolver({});
      const balancer = createBalancer(SERVICE, upstream(targets), t.resolver);
      assert.equal(balancer.pick(askingFor()), RING);
      await balancer.whenResolved();
      assert.deepEqual(t.dns.questions, []);
    });
  }

  it('has no peer when none of its names resolves', async () => {
    await using t = await setUpResolver({});
    const targets = { 'a.test:80': 100, 'b.invalid:80': 100 };
    const balancer = createBalancer(SERVICE, upstream(targets), t.resolver);
    assert.equal(balancer.pick(askingFor()), undefined);
    await balancer.whenResolved();
    assert.equal(balancer.pick(askingFor()), RING);
  });

  it('serves from the names that resolve, without waiting for those that do not', async () => {
    await using t = await setUpResolver(
      { 'a.test': { a: ['10.0.0.1'] }, 'slow.test': { fail: 'silent' } },
      { timeout: 60_000 },
    );
    const targets = { 'slow.test:80': 100, 'a.test:80': 100, 'gone.test:80': 100 };
    const balancer = createBalancer(SERVICE, upstream(targets), t.resolver);
    assert.equal((await pickOne(balancer)).address, '10.0.0.1');
    t.resolver.dispose();
  });

  it('serves from addresses while names are asked for', async () => {
    await using t = await setUpResolver({});
    const targets = { 'gone.test:80': 100, '10.0.0.1:80': 100 };
    const balancer = createBalancer(SERVICE, upstream(targets), t.resolver);
    assert.equal(pickNow(balancer).address, '10.0.0.1');
    await t.dns.asked(1);
  });

  it('keeps the peers of the balancer that it replaces', async () => {
    await using t = await setUpResolver({ 'a.test': { a: ['10.0.0.1'], ttl: 10 } });
    const first = createBalancer(SERVICE, upstream({ 'a.test:80': 100 }), t.resolver);
    const peer = await pickOne(first);
    const changed = upstream({ 'a.test:80': 1, '10.0.0.2:80': 1 });
    const second = createBalancer(SERVICE, changed, t.resolver, first);
    const peers = [pickNow(second), pickNow(second)];
    assert.ok(peers.includes(peer));
    t.clock.now = 4_000_000;
    const third = createBalancer(SERVICE, upstream({ 'a.test:80': 1 }), t.resolver, second);
    assert.equal(await pickOne(third), peer);
  });
});

describe('the Host value of a peer', () => {
  const cases: [
    about: string,
    protocol: string,
    target: string,
    hostHeader: string,
    host: string,
  ][] = [
    ['names target and port', 'http', '10.0.0.1:8000', '', '10.0.0.1:8000'],
    ['leaves port 80 out for http', 'http', '10.0.0.1:80', '', '10.0.0.1'],
    ['leaves port 443 out for https', 'https', '10.0.0.1:443', '', '10.0.0.1'],
    ['names port 443 for http', 'http', '10.0.0.1:443', '', '10.0.0.1:443'],
    ['names port 80 for https', 'https', '10.0.0.1:80', '', '10.0.0.1:80'],
    ['leaves port 80 out for grpc', 'grpc', '10.0.0.1:80', '', '10.0.0.1'],
    ['leaves port 443 out for grpcs', 'grpcs', '10.0.0.1:443', '', '10.0.0.1'],
    ['puts IPv6 in brackets', 'http', '[fd00::1]:8000', '', '[fd00::1]:8000'],
    ['takes host_header', 'http', '10.0.0.1:80', 'shop.test', 'shop.test'],
    ['adds the port to host_header', 'http', '10.0.0.1:8000', 'shop.test', 'shop.test:8000'],
    ['keeps the port of host_header', 'http', '10.0.0.1:8000', 'shop.test:81', 'shop.test:81'],
    ['names the target, not its address', 'http', 'a.localhost:81', '', 'a.localhost:81'],
  ];
  for (const [about, protocol, target, hostHeader, host] of cases) {
    it(about, async () => {
      await using t = await setUpResolver({});
      const others = hostHeader === '' ? {} : { host_header: hostHeader };
      const record = upstream({ [target]: 100 }, others);
      const balancer = createBalancer({ ...SERVICE, protocol }, record, t.resolver);
      assert.equal((await pickOne(balancer)).hostHeader, host);
    });
  }

  it('names the host of the SRV record with use_srv_name', async () => {
    await using t = await setUpResolver({
      '_http._tcp.lb': { srv: [{ weight: 1, port: 8001, name: 'one.test' }] },
      'one.test': { a: ['10.0.0.1'] },
    });
    const record = upstream({ '_http._tcp.lb:80': 100 }, { use_srv_name: true });
    const balancer = createBalancer(SERVICE, record, t.resolver);
    assert.equal((await pickOne(balancer)).hostHeader, 'one.test:8001');
  });
});
