import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Zone } from './dns-responder.suite.ts';
import { setUpResolver } from './resolver-setup.suite.ts';
import type { NameAnswer } from './resolver.ts';

const directory = mkdtempSync(join(tmpdir(), 'resolver-'));
after(() => rmSync(directory, { recursive: true }));
let files = 0;

function file(text: string): string {
  const path = join(directory, String(files++));
  writeFileSync(path, text);
  return path;
}

const addresses = (answer: NameAnswer | undefined) =>
  answer?.addresses.map(({ address }) => address);

describe('resolving a name', () => {
  it('finds its IPv4 addresses', async () => {
    await using t = await setUpResolver({
      'a.test': { a: ['10.0.0.1', '10.0.0.2'], aaaa: ['fd00::1'] },
    });
    const answer = await t.resolver.resolve('A.test');
    assert.deepEqual(addresses(answer)?.sort(), ['10.0.0.1', '10.0.0.2']);
    assert.equal(answer.error, null);
    assert.deepEqual(t.dns.questions, ['A a.test']);
  });

  it('finds IPv6 addresses where there is no IPv4', async () => {
    await using t = await setUpResolver({ 'a.test': { aaaa: ['fd00::1', 'fd00::2'] } });
    assert.deepEqual(addresses(await t.resolver.resolve('a.test'))?.sort(), ['fd00::1', 'fd00::2']);
  });

  it('finds ports and weights of a service name, lowest priority only', async () => {
    await using t = await setUpResolver({
      '_http._tcp.a.test': {
        srv: [
          { priority: 1, weight: 5, port: 8001, name: 'one.test' },
          { priority: 1, weight: 0, port: 8002, name: 'two.test' },
          { priority: 2, weight: 9, port: 8003, name: 'three.test' },
        ],
      },
      'one.test': { a: ['10.0.0.1'] },
      'two.test': { aaaa: ['fd00::2'] },
      'three.test': { a: ['10.0.0.3'] },
    });
    const answer = await t.resolver.resolve('_http._tcp.a.test');
    const found = [...answer.addresses].sort((a, b) => a.address.localeCompare(b.address));
    assert.deepEqual(found, [
      { address: '10.0.0.1', srv: { port: 8001, weight: 5, name: 'one.test' } },
      { address: 'fd00::2', srv: { port: 8002, weight: 1, name: 'two.test' } },
    ]);
  });

  it('leaves hosts of a service out that have no address', async () => {
    await using t = await setUpResolver({
      '_http._tcp.a.test': {
        srv: [
          { weight: 1, port: 80, name: 'gone.test' },
          { weight: 1, port: 80, name: 'one.test' },
        ],
      },
      'one.test': { a: ['10.0.0.1'] },
    });
    assert.deepEqual(addresses(await t.resolver.resolve('_http._tcp.a.test')), ['10.0.0.1']);
  });

  const BOTH: Record<string, Zone> = {
    'a.test': { a: ['10.0.0.1'], srv: [{ weight: 1, port: 81, name: 'one.test' }] },
    'one.test': { a: ['10.0.0.2'] },
  };

  it('prefers addresses to SRV records for other names', async () => {
    await using t = await setUpResolver(BOTH);
    assert.deepEqual(addresses(await t.resolver.resolve('a.test')), ['10.0.0.1']);
  });

  it('prefers SRV records when told to', async () => {
    await using t = await setUpResolver(BOTH, { srvFirst: true });
    assert.deepEqual(addresses(await t.resolver.resolve('a.test')), ['10.0.0.2']);
  });

  it('takes SRV records of a name that has nothing else', async () => {
    await using t = await setUpResolver({ ...BOTH, 'a.test': { srv: BOTH['a.test']!.srv! } });
    assert.deepEqual(addresses(await t.resolver.resolve('a.test')), ['10.0.0.2']);
  });

  it('completes short names by the search list', async () => {
    const resolvConf = file('search shop.svc.test svc.test\noptions ndots:5\n');
    const zones = { 'orders.shop.svc.test': { a: ['10.0.0.1'] }, 'a.b': { a: ['10.0.0.2'] } };
    await using t = await setUpResolver(zones, { resolvConf });
    assert.deepEqual(addresses(await t.resolver.resolve('orders.shop')), ['10.0.0.1']);
    assert.deepEqual(t.dns.questions, ['A orders.shop.shop.svc.test', 'A orders.shop.svc.test']);
    assert.deepEqual(addresses(await t.resolver.resolve('a.b')), ['10.0.0.2']);
  });

  it('does not go on to another name when a server fails', async () => {
    const resolvConf = file('search svc.test\noptions ndots:5\n');
    const zones: Record<string, Zone> = {
      'orders.shop.svc.test': { fail: 'SERVFAIL' },
      'orders.shop': { a: ['10.0.0.66'] },
    };
    await using t = await setUpResolver(zones, { resolvConf });
    assert.deepEqual(addresses(await t.resolver.resolve('orders.shop')), []);
  });

  it('asks the hosts file first and sees it change', async () => {
    const hostsFile = file('10.0.0.7 a.test\n');
    await using t = await setUpResolver({ 'a.test': { a: ['10.0.0.1'] } }, { hostsFile });
    assert.deepEqual(addresses(await t.resolver.resolve('a.test')), ['10.0.0.7']);
    writeFileSync(hostsFile, '10.0.0.78 a.test\n');
    t.clock.now += 5_000;
    assert.deepEqual(addresses(await t.resolver.resolve('a.test')), ['10.0.0.78']);
    assert.deepEqual(t.dns.questions, []);
  });

  it('reports a hosts file that cannot be read once and asks DNS', async () => {
    const zones = { 'a.test': { a: ['10.0.0.1'] }, 'b.test': { a: ['10.0.0.2'] } };
    await using t = await setUpResolver(zones, { hostsFile: directory });
    assert.deepEqual(addresses(await t.resolver.resolve('a.test')), ['10.0.0.1']);
    assert.deepEqual(addresses(await t.resolver.resolve('b.test')), ['10.0.0.2']);
    assert.equal(t.errors.length, 1);
    assert.match(t.errors[0]!, /^hosts file: EISDIR/);
  });

  for (const name of ['localhost', 'shop.localhost', 'localhost.']) {
    it(`takes ${name} for this machine without a query`, async () => {
      await using t = await setUpResolver({ [name]: { a: ['10.0.0.1'] } });
      assert.deepEqual(addresses(await t.resolver.resolve(name)), ['127.0.0.1']);
      assert.deepEqual(t.dns.questions, []);
    });
  }

  it('knows without a query that names under .invalid do not exist', async () => {
    await using t = await setUpResolver({});
    assert.equal((await t.resolver.resolve('a.invalid')).error, 'no such name');
    assert.deepEqual(t.dns.questions, []);
  });

  it('takes what cannot be a name for one that does not exist', async () => {
    await using t = await setUpResolver({});
    assert.equal((await t.resolver.resolve('a..b')).error, 'no such name');
  });
});

describe('what was resolved', () => {
  it('is reused for its TTL', async () => {
    await using t = await setUpResolver({ 'a.test': { a: ['10.0.0.1'], ttl: 30 } });
    await t.resolver.resolve('a.test');
    t.clock.now = 29_999;
    await t.resolver.resolve('a.test');
    assert.equal(t.dns.questions.length, 1);
    t.dns.zones['a.test'] = { a: ['10.0.0.2'] };
    t.clock.now = 30_000;
    assert.deepEqual(addresses(await t.resolver.resolve('a.test')), ['10.0.0.2']);
  });

  it('is reused for a second when its TTL is 0', async () => {
    await using t = await setUpResolver({ 'a.test': { a: ['10.0.0.1'], ttl: 0 } });
    assert.equal((await t.resolver.resolve('a.test')).expires, 1_000);
  });

  it('is one query for all who ask at the same time', async () => {
    await using t = await setUpResolver({ 'a.test': { a: ['10.0.0.1'] } });
    const answers = await Promise.all([1, 2, 3].map(() => t.resolver.resolve('a.test')));
    assert.equal(t.dns.questions.length, 1);
    assert.equal(answers[0], answers[2]);
  });

  it('is known for an hour after it expired', async () => {
    await using t = await setUpResolver({ 'a.test': { a: ['10.0.0.1'], ttl: 10 } });
    await t.resolver.resolve('a.test');
    t.clock.now = 3_609_999;
    assert.deepEqual(addresses(t.resolver.known('a.test')), ['10.0.0.1']);
    t.clock.now = 3_610_000;
    assert.equal(t.resolver.known('a.test'), undefined);
  });

  it('forgets the name least recently used beyond its size', async () => {
    const zones = Object.fromEntries(['a', 'b', 'c'].map((name) => [name, { a: ['10.0.0.1'] }]));
    await using t = await setUpResolver(zones, { cacheSize: 2 });
    await t.resolver.resolve('a');
    await t.resolver.resolve('b');
    await t.resolver.resolve('a');
    await t.resolver.resolve('c');
    assert.equal(t.resolver.known('b'), undefined);
    assert.notEqual(t.resolver.known('a'), undefined);
    assert.notEqual(t.resolver.known('c'), undefined);
  });
});

describe('a name that does not resolve', () => {
  it('is not asked for again within 30 s when it does not exist', async () => {
    await using t = await setUpResolver({});
    const answer = await t.resolver.resolve('a.test');
    assert.deepEqual(answer, {
      addresses: [],
      error: 'no such name',
      expires: 30_000,
      usableUntil: 30_000,
    });
    await t.resolver.resolve('a.test');
    assert.equal(t.dns.questions.length, 1);
  });

  const failures = [
    ['SERVFAIL', 'the DNS server failed (SERVFAIL)'],
    ['REFUSED', 'the DNS server refuses to answer (REFUSED)'],
    ['silent', 'no DNS server answered in time'],
  ] as const;
  for (const [fail, reason] of failures) {
    it(`is not asked for again within 1 s when the server is ${fail}`, async () => {
      await using t = await setUpResolver({ 'a.test': { fail } }, { timeout: 100, tries: 2 });
      const answer = await t.resolver.resolve('a.test');
      assert.equal(answer.error, reason);
      assert.equal(answer.expires, 1_000);
      assert.deepEqual(t.errors, [`a.test: ${reason}`]);
    });
  }

  it('keeps its old addresses while servers fail, and says so once', async () => {
    await using t = await setUpResolver({ 'a.test': { a: ['10.0.0.1'], ttl: 10 } });
    await t.resolver.resolve('a.test');
    t.dns.zones['a.test'] = { fail: 'SERVFAIL' };
    for (t.clock.now = 10_000; t.clock.now < 13_000; t.clock.now += 1_000) {
      assert.deepEqual(addresses(await t.resolver.resolve('a.test')), ['10.0.0.1']);
    }
    assert.deepEqual(t.errors, ['a.test: the DNS server failed (SERVFAIL)']);
    t.clock.now = 3_610_000;
    assert.deepEqual(addresses(await t.resolver.resolve('a.test')), []);
  });

  it('loses its old addresses when it is gone', async () => {
    await using t = await setUpResolver({ 'a.test': { a: ['10.0.0.1'], ttl: 10 } });
    await t.resolver.resolve('a.test');
    delete t.dns.zones['a.test'];
    t.clock.now = 10_000;
    assert.deepEqual(addresses(await t.resolver.resolve('a.test')), []);
  });

  it('keeps its old addresses when it exists but has none for now', async () => {
    await using t = await setUpResolver({ 'a.test': { a: ['10.0.0.1'], ttl: 10 } });
    await t.resolver.resolve('a.test');
    t.dns.zones['a.test'] = {};
    t.clock.now = 10_000;
    assert.deepEqual(addresses(await t.resolver.resolve('a.test')), ['10.0.0.1']);
  });

  it('ends at once when the resolver is disposed', async () => {
    await using t = await setUpResolver({ 'a.test': { fail: 'silent' } }, { timeout: 60_000 });
    const pending = t.resolver.resolve('a.test');
    await t.dns.asked(1);
    t.resolver.dispose();
    assert.deepEqual(addresses(await pending), []);
  });
});
