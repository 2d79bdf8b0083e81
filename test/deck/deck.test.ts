import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { stringify } from 'yaml';
import { AdminClient } from '../support/admin-client.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { onEveryStore } from '../support/stores.ts';
import type { Call } from './api.ts';
import { Deck } from './deck.ts';
import { leastPlugins, stateFile } from './files.ts';
import { parseStateFile, type Content } from './state-file.ts';
import { SyncFailed, type SyncEvent } from './sync.ts';

const empty: Content = { _format_version: '3.0' };

onEveryStore('decK', (home) => {
  let gateway: Gateway;
  let client: AdminClient;
  let deck: Deck;
  before(async () => {
    gateway = await startGateway({
      ...(await home.newPlace()),
      flags: ['--allow-unsupported-plugins'],
    });
    client = new AdminClient(gateway.adminPort);
    deck = new Deck(client);
  });
  after(async () => {
    client?.close();
    await gateway?.stop();
  });
  beforeEach(async () => {
    await deck.reset();
    deck.takeCalls();
  });

  describe('sync', () => {
    it('makes the gateway have what a file says; diff shows nothing, and dump equals the file', async () => {
      const file = stateFile('shop');
      const events = await deck.sync(file);
      assert.ok(events.every(({ operation }) => operation === 'create'));
      assert.deepEqual(describeEvents(await deck.diff(file)), []);
      assertSame(await deck.dump(), await deck.complete(file));
    });

    it('of a dump changes nothing', async () => {
      await deck.sync(stateFile('shop'));
      const text = stringify(await deck.dump());
      assert.deepEqual(describeEvents(await deck.sync(parseStateFile(text))), []);
    });

    it('of a changed file renames, moves, swaps and deletes', async () => {
      await deck.sync(stateFile('shop'));
      const changed = stateFile('shop-changed');
      const operations = new Set((await deck.sync(changed)).map(({ operation }) => operation));
      assert.deepEqual(operations, new Set(['create', 'update', 'delete']));
      assert.deepEqual(describeEvents(await deck.diff(changed)), []);
      assertSame(await deck.dump(), await deck.complete(changed));
      assertNothingFailed(deck.takeCalls());
    });

    it('and back again leads to where it began', async () => {
      await deck.sync(stateFile('shop'));
      const before = await deck.dump();
      await deck.sync(stateFile('shop-changed'));
      await deck.sync(stateFile('shop'));
      assertSame(await deck.dump(), before);
    });

    it('leaves alone what carries the tag of another team', async () => {
      const other: Content = {
        _format_version: '3.0',
        _info: { select_tags: ['warehouse'] },
        services: [
          { name: 'stock', url: 'http://stock.internal', routes: [{ paths: ['/stock'] }] },
        ],
      };
      await deck.sync(other);
      await deck.sync(stateFile('shop'));
      await deck.sync({ ...empty, _info: { select_tags: ['shop'] } });
      assertSame(await deck.dump(), await deck.complete(other));
    });
  });

  it('reset deletes everything', async () => {
    await deck.sync(stateFile('shop'));
    await deck.reset();
    assert.deepEqual(describeEvents(await deck.diff(empty)), []);
    assertNothingFailed(deck.takeCalls());
  });

  /** What an unmodified decK needs, point by point; see the README. */
  describe('finds', () => {
    it('1: a version, an edition and a router that it knows', async () => {
      assert.match(await deck.ping(), /^3\.9\.\d+$/);
      const { edition, configuration } = await client.json('GET', '/');
      assert.equal(edition, 'community');
      const { router_flavor: flavour } = configuration as { router_flavor: string };
      assert.equal(flavour, 'traditional_compatible');
    });

    it('2: pages of 1,000, the next by offset, and tags that all have to be there', async () => {
      const consumers = Array.from({ length: 1105 }, (_, index) => ({
        username: `consumer-${index}`,
        tags: index % 2 === 0 ? ['even'] : ['odd', 'one-more'],
      }));
      await deck.sync({ ...empty, consumers });
      deck.takeCalls();
      assert.deepEqual(describeEvents(await deck.diff({ ...empty, consumers })), []);
      const pages = deck.takeCalls().filter(({ path }) => path.startsWith('/consumers?'));
      assert.equal(pages.length, 2);
      const tagged = await client.list('/consumers');
      assert.equal(tagged.length, 1105);
      const both = await client.json('GET', '/consumers?size=1000&tags=odd,one-more');
      assert.equal((both['data'] as unknown[]).length, 552);
      const neither = await client.json('GET', '/consumers?size=1000&tags=odd,even');
      assert.deepEqual(neither, { data: [], next: null });
    });

    it('3: every list that it cannot do without, and a clear no for those of other editions', async () => {
      await deck.diff(empty);
      const statuses = new Map(
        deck.takeCalls().map(({ path, status }) => [path.replace(/\?.*/, ''), status]),
      );
      for (const name of ['services', 'routes', 'plugins', 'certificates', 'snis']) {
        assert.equal(statuses.get(`/${name}`), 200, name);
      }
      for (const name of ['consumers', 'upstreams']) {
        assert.equal(statuses.get(`/${name}`), 200, name);
      }
      for (const name of ['partials', 'consumer_groups', 'mtls-auths']) {
        assert.equal(statuses.get(`/${name}`), 404, name);
      }
      assert.equal(statuses.get('/filter-chains'), 400);
    });

    it('4: that a PUT creates under the id that it chose, and answers with the whole entity', async () => {
      const events = await deck.sync(stateFile('shop'));
      const puts = deck.takeCalls().filter(({ method }) => method === 'PUT');
      for (const { path, status } of puts.filter(({ path }) => !path.includes('/targets/'))) {
        assert.equal(status, 200, path);
      }
      const written = new Set(puts.map(({ path }) => path.split('/').at(-1)));
      for (const { entity } of events) assert.ok(written.has(entity.id));
      const id = '5d0a2f0e-6f6b-4c43-9d0d-0d9f6f0c8a11';
      const service = await client.json('PUT', `/services/${id}`, { host: 'h.internal' });
      assert.deepEqual(service, await client.json('GET', `/services/${id}`));
      assert.equal(service['id'], id);
      assert.equal(service['read_timeout'], 60_000);
    });

    it('5: that a PUT of a target that is not there is 404, and a POST takes its id', async () => {
      const targets = (await deck.sync(stateFile('shop'))).filter(({ kind }) => kind === 'targets');
      const calls = deck.takeCalls().filter(({ path }) => /\/targets(\/|$)/.test(path));
      const statuses = (method: string) =>
        calls.filter((call) => call.method === method).map(({ status }) => status);
      assert.deepEqual(
        statuses('PUT'),
        targets.map(() => 404),
      );
      assert.deepEqual(
        statuses('POST'),
        targets.map(() => 201),
      );
      for (const { entity } of targets) {
        const { id: upstream } = entity['upstream'] as { id: string };
        const stored = await client.list(`/upstreams/${upstream}/targets`);
        assert.ok(stored.some(({ id }) => id === entity.id));
      }
    });

    it('6: in schemas the very defaults that are stored, of every plugin', async () => {
      const content = { ...empty, plugins: leastPlugins() };
      const events = await deck.sync(content);
      assert.equal(events.length, 35);
      assert.deepEqual(describeEvents(await deck.diff(content)), []);
      const upstreams = [{ name: 'plain.internal', targets: [{ target: 'h.internal:80' }] }];
      const services = [{ name: 'plain', host: 'h.internal', routes: [{ paths: ['/plain'] }] }];
      const plain = { ...empty, upstreams, services };
      await deck.sync(plain);
      assert.deepEqual(describeEvents(await deck.diff(plain)), []);
    });

    it('7: that null says the same as nothing', async () => {
      const id = '5d0a2f0e-6f6b-4c43-9d0d-0d9f6f0c8a12';
      const short = await client.json('PUT', `/routes/${id}`, { paths: ['/a'] });
      const nulls = { name: null, hosts: null, headers: null, tags: null, service: null };
      const long = await client.json('PUT', `/routes/${id}`, { paths: ['/a'], ...nulls });
      assert.deepEqual({ ...long, updated_at: 0 }, { ...short, updated_at: 0 });
    });

    it('8: foreign keys as objects with an id', async () => {
      await deck.sync(stateFile('shop'));
      for (const [list, field] of [
        ['/routes', 'service'],
        ['/snis', 'certificate'],
        ['/key-auths', 'consumer'],
        ['/keys', 'set'],
        ['/plugins', 'route'],
      ] as const) {
        const references = (await client.list(list)).map((entity) => entity[field]);
        const set = references.filter((reference) => reference !== null);
        assert.ok(set.length > 0, list);
        for (const reference of set) assert.deepEqual(Object.keys(reference as object), ['id']);
      }
    });

    it('9: that ten writers at once, renames and swaps among them, are never in the way of each other', async () => {
      for (const content of [renamed('alpha'), renamed('beta'), shifted(0), shifted(1)]) {
        await deck.sync(content);
        assert.deepEqual(describeEvents(await deck.diff(content)), []);
      }
      assertNothingFailed(deck.takeCalls());
    });

    it('10: scoped plugins in the list of all, with their scopes', async () => {
      await deck.sync(stateFile('shop'));
      const plugins = await client.list('/plugins');
      const scoped = (field: string) => plugins.filter((plugin) => plugin[field] !== null).length;
      assert.deepEqual(['service', 'route', 'consumer'].map(scoped), [5, 7, 2]);
      for (const plugin of plugins) {
        for (const field of ['service', 'route', 'consumer']) assert.ok(field in plugin);
      }
    });

    it('11: why something was refused, the first time that it asks', async () => {
      const services = [
        { name: 'bad', host: 'h.internal', port: 99_999, retries: -1 },
        { name: 'good', host: 'h.internal' },
      ];
      const refused = await deck.sync({ ...empty, services }).catch((error: unknown) => error);
      assert.ok(refused instanceof SyncFailed);
      assert.equal(refused.failures.length, 1);
      assert.match(
        String(refused.failures[0]),
        /HTTP status 400 \(message: "2 schema violations \(port: value should be between 0 and 65535; retries: value should be between 0 and 32767\)"\)/,
      );
      assert.equal(deck.takeCalls().filter(({ status }) => status === 400).length, 2);
    });

    it('12: credentials as they were given, and passwords as hashes', async () => {
      await deck.sync(stateFile('shop'));
      const values = async (path: string, field: string) =>
        (await client.list(path)).map((entity) => entity[field]).sort();
      assert.deepEqual(await values('/key-auths', 'key'), [
        'partner-key',
        'web-shop-key-1',
        'web-shop-key-2',
      ]);
      assert.deepEqual(await values('/jwts', 'secret'), ['supplier-secret']);
      assert.deepEqual(await values('/hmac-auths', 'secret'), ['another-secret']);
      assert.deepEqual(await values('/oauth2', 'client_secret'), ['partner-secret']);
      const [hash] = await values('/basic-auths', 'password');
      assert.match(String(hash), /^\$argon2id\$/);
    });
  });
});

const numbers = Array.from({ length: 200 }, (_, index) => index);

/** Two hundred services whose ids stay and whose names follow from the prefix. */
function renamed(prefix: string): Content {
  const services = numbers.map((index) => ({
    id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    name: `${prefix}-${index}`,
    host: `service-${index}.internal`,
  }));
  return { ...empty, services };
}

/** Two hundred services, of which each has what the one so many places further had by itself. */
function shifted(places: number): Content {
  const services = numbers.map((index) => {
    const other = (index + places) % numbers.length;
    const routes = [{ name: `route-${other}`, paths: [`/${other}`] }];
    return { name: `service-${index}`, host: `service-${other}.internal`, routes };
  });
  return { ...empty, services };
}

/** Two files say the same, but for passwords, of which the gateway keeps a hash. */
function assertSame(one: Content, other: Content): void {
  const comparable = (content: Content): unknown =>
    JSON.parse(
      JSON.stringify(content, (name, value: unknown) => (name === 'password' ? '' : value)),
    );
  assert.deepEqual(comparable(one), comparable(other));
}

/** Not one answer of decK's writes was an error, whatever came first. */
function assertNothingFailed(calls: readonly Call[]): void {
  const failed = calls.filter(
    ({ method, status, path }) =>
      method !== 'GET' && status >= 400 && !(method === 'PUT' && /\/targets\//.test(path)),
  );
  assert.deepEqual(failed, []);
}

function describeEvents(events: readonly SyncEvent[]): string[] {
  return events.map(
    ({ operation, kind, entity }) => `${operation} ${kind} ${JSON.stringify(entity)}`,
  );
}
