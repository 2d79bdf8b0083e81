import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { EntityTables } from '../entities/tables.ts';
import { bundledPlugins } from '../plugins/bundled.ts';
import { createSnapshot, type Snapshot } from '../snapshot/snapshot.ts';
import { parseDeclarative, type Declarative } from './parse.ts';
import { DeclarativeReader } from './reader.ts';

const options = { plugins: bundledPlugins, env: {} };

type Values = Readonly<Record<string, unknown>>;
type Collections = Readonly<Record<string, readonly unknown[]>>;

interface Document {
  readonly head: Values;
  readonly collections: Collections;
}

/** One of the good values mostly, and sometimes one that is wrong. */
function mostly<T>(good: readonly T[], bad: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...good) },
    { weight: 1, arbitrary: fc.constantFrom(...bad) },
  );
}

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const name = fc.constantFrom(...names);
const route = fc.record(
  {
    name,
    paths: mostly([['/a'], ['/b', '/c'], ['/x[0-9]']], [['no slash'], []]),
    protocols: mostly([['http']], [['grpc']]),
    plugins: mostly([[{ name: 'key-auth' }], []], [[{ name: 'nonsense' }]]),
  },
  { requiredKeys: ['paths'] },
);
const service = fc.record(
  {
    name,
    host: mostly(['h', 'i'], ['not a host']),
    protocol: mostly(['http'], ['udp', 'tcp']),
    enabled: mostly([true, false], [1]),
    routes: fc.array(route, { maxLength: 2 }),
    id: fc.constantFrom(1, 2, 3).map((n) => `00000000-0000-4000-8000-00000000000${n}`),
  },
  { requiredKeys: ['host'] },
);
const consumer = fc.record(
  {
    username: name,
    custom_id: name,
    keyauth_credentials: fc.array(fc.record({ key: name }), { maxLength: 1 }),
    acls: fc.array(fc.record({ group: name }), { maxLength: 2 }),
  },
  { requiredKeys: ['username'] },
);
const parentName = fc.constantFrom(...names.slice(0, 5));
const flatRoute = fc
  .tuple(route, fc.option(fc.oneof(parentName, fc.record({ name: parentName }))))
  .map(([fields, parent]) => ({ ...fields, service: parent }));
const plugin = fc.record(
  {
    name: mostly(['key-auth'], ['nonsense']),
    service: parentName,
    config: fc.constant({ run_on_preflight: true }),
  },
  { requiredKeys: ['name'] },
);
const upstream = fc.record({
  name,
  targets: fc.array(fc.record({ target: mostly(['h:1', 'h:2'], ['']) }), { maxLength: 2 }),
});
const element = {
  services: service,
  consumers: consumer,
  routes: flatRoute,
  plugins: plugin,
  upstreams: upstream,
};

/** Makes another document of one. */
type Edit = (document: Document) => Document;

const place = fc.nat({ max: 4 });

function onList(change: (list: unknown[], at: number) => void): fc.Arbitrary<Edit> {
  return fc
    .tuple(fc.constantFrom(...Object.keys(element)), place)
    .map(([table, at]) => editOf(table, (list) => change(list, at)));
}

function editOf(table: string, change: (list: unknown[]) => void): Edit {
  return ({ head, collections }) => {
    const list = [...(collections[table] ?? [])];
    change(list);
    return { head, collections: { ...collections, [table]: list } };
  };
}

const put = fc.oneof(
  ...Object.entries(element).map(([table, arbitrary]) =>
    fc
      .tuple(arbitrary as fc.Arbitrary<unknown>, place, fc.nat({ max: 1 }))
      .map(([value, at, replaced]) => editOf(table, (list) => list.splice(at, replaced, value))),
  ),
);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 6, arbitrary: put },
  { weight: 2, arbitrary: onList((list, at) => list.splice(at, 1)) },
  { weight: 1, arbitrary: onList((list, at) => list.push(...list.splice(at, 1))) },
  { weight: 1, arbitrary: onList((list, at) => at < list.length && list.push(list[at])) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom<Values>(
        { _info: { select_tags: ['t'] } },
        { _format_version: '1.1' },
        { _plugin_configs: { shared: { hide_credentials: false } } },
        { nonsense: [] },
      )
      .map((more): Edit => ({ head, collections }) => ({
        head: { ...head, ...more },
        collections,
      })),
  },
);

const start: Document = {
  head: { _format_version: '3.0' },
  collections: {
    services: names.slice(0, 6).map((each) => ({ name: each, host: 'h' })),
    routes: [{ paths: ['/'], service: 'b' }, { paths: ['/'] }, { paths: ['/'] }],
  },
};

const textOf = ({ head, collections }: Document): string =>
  JSON.stringify({ ...head, ...collections });

/** Without when the entities were read. */
function contents(tables: EntityTables): unknown {
  return Object.entries(tables).map(([table, entities]) => [
    table,
    [...entities].map(([id, entity]) => [id, { ...entity, created_at: 0, updated_at: 0 }]),
  ]);
}

function assertSame(read: Declarative, fresh: Declarative): void {
  if (!read.ok || !fresh.ok) assert.deepEqual(read, fresh);
  else assert.deepEqual(contents(read.entities), contents(fresh.entities));
}

/** Whether some entity is the very one that it was. */
function keepsSome(before: Snapshot | undefined, { tables }: Snapshot): boolean {
  if (before === undefined) return false;
  return [...before.tables.services, ...before.tables.routes].some(
    ([id, entity]) => (tables.services.get(id) ?? tables.routes.get(id)) === entity,
  );
}

/** A document that is right with so many services, each with a route, and as many consumers. */
function siteOf(size: number): Document {
  const numbers = Array.from({ length: size }, (_, n) => n);
  return {
    head: { _format_version: '3.0' },
    collections: {
      services: numbers.map((n) => ({ name: `s${n}`, host: 'h', routes: [{ paths: [`/${n}`] }] })),
      consumers: numbers.map((n) => ({
        username: `c${n}`,
        keyauth_credentials: [{ key: `k${n}` }],
      })),
      plugins: [{ name: 'key-auth', service: 's1' }],
    },
  };
}

function entitiesIn(result: Declarative): EntityTables {
  assert.ok(result.ok, JSON.stringify(result));
  return result.entities;
}

describe('reading a file again', () => {
  it('finds what reading it for the first time would, whatever was edited', () => {
    let updates = 0;
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 25 }), (edits) => {
        const reader = new DeclarativeReader('kong.json', options);
        let document = start;
        let before: Snapshot | undefined;
        for (const step of edits) {
          const next = step(document);
          const text = textOf(next);
          const read = reader.read(text);
          const fresh = parseDeclarative(text, 'kong.json', options);
          assertSame(read, fresh);
          if (!read.ok || !fresh.ok) {
            // Some go on from what is wrong; most mend it.
            if (text.length % 8 === 0) document = next;
            continue;
          }
          document = next;
          const snapshot = createSnapshot(read.entities, 1, before);
          assert.equal(snapshot.hash, createSnapshot(fresh.entities, 1).hash);
          if (keepsSome(before, snapshot)) updates++;
          before = snapshot;
        }
      }),
      { numRuns: 150 },
    );
    assert.ok(updates > 150, `${updates} updates`);
  });

  it('keeps the entities of elements that are written as before, and tables in which nothing changed', () => {
    const reader = new DeclarativeReader('kong.json', options);
    const site = siteOf(4);
    const before = entitiesIn(reader.read(textOf(site)));
    const changed = { name: 's2', host: 'other', routes: [{ paths: ['/2'] }] };
    const after = entitiesIn(
      reader.read(textOf(editOf('services', (list) => list.splice(2, 1, changed))(site))),
    );
    assert.equal(after.consumers, before.consumers);
    assert.equal(after.plugins, before.plugins);
    const services = [...before.services.values()].map(
      (each) => after.services.get(each.id) === each,
    );
    assert.deepEqual(services, [true, true, false, true]);
  });

  it('keeps generated values', () => {
    const reader = new DeclarativeReader('kong.json', options);
    const consumers = [{ username: 'a', keyauth_credentials: [{}] }];
    const text = (more: unknown[]): string =>
      JSON.stringify({ _format_version: '3.0', consumers: [...consumers, ...more] });
    const keys = (result: Declarative): string[] =>
      [...entitiesIn(result).keyauth_credentials.values()].map(({ key }) => key);
    const before = keys(reader.read(text([])));
    assert.deepEqual(keys(reader.read(text([{ username: 'b' }]))), before);
  });

  it('goes on from what was good before after a mistake', () => {
    const reader = new DeclarativeReader('kong.json', options);
    const site = siteOf(3);
    const before = entitiesIn(reader.read(textOf(site)));
    const twice = editOf('services', (list) => list.push({ name: 's0', host: 'h' }))(site);
    assert.equal(reader.read(textOf(twice)).ok, false);
    assert.equal(reader.read(textOf(site).slice(0, -1)).ok, false);
    assert.equal(entitiesIn(reader.read(textOf(site))).services, before.services);
  });

  it('follows a reference to where it leads now', () => {
    const reader = new DeclarativeReader('kong.json', options);
    const text = (id: number): string =>
      JSON.stringify({
        _format_version: '3.0',
        services: [{ id: `00000000-0000-4000-8000-00000000000${id}`, name: 's', host: 'h' }],
        routes: [{ name: 'r', paths: ['/'], service: 's' }],
      });
    for (const id of [1, 2]) {
      const [route] = entitiesIn(reader.read(text(id))).routes.values();
      assert.equal(route?.service?.id.at(-1), String(id));
    }
  });

  it('reads what a variable holds, and what the whole document says, anew', () => {
    const env: Record<string, string> = { DECK_HOST: 'one' };
    const reader = new DeclarativeReader('kong.json', { ...options, env });
    const text = (tag: string): string =>
      `{"_format_version":"3.0","_info":{"select_tags":["${tag}"]},` +
      '"services":[{"name":"s","host":"${{ env "DECK_HOST" }}"}]}';
    const read = (tag: string): unknown => {
      const [service] = entitiesIn(reader.read(text(tag))).services.values();
      return [service?.host, service?.tags];
    };
    assert.deepEqual(read('t'), ['one', ['t']]);
    env.DECK_HOST = 'two';
    assert.deepEqual(read('t'), ['two', ['t']]);
    assert.deepEqual(read('u'), ['two', ['u']]);
  });

  it('reads YAML as well, though from beginning to end', () => {
    const reader = new DeclarativeReader('kong.yaml', options);
    for (const host of ['a', 'b']) {
      const text = `_format_version: "3.0"\nservices: [{name: s, host: ${host}}]\n`;
      const [service] = entitiesIn(reader.read(text)).services.values();
      assert.equal(service?.host, host);
    }
  });

  it('does not take braces for JSON: an alias may lead nowhere all of a sudden', () => {
    const reader = new DeclarativeReader('kong.yaml', options);
    const text = (...services: string[]): string =>
      `{"_format_version": "3.0", "services": [${services.join()}]}`;
    const alias = '{"name": "b", "host": *t}';
    entitiesIn(reader.read(text('{"name": &t a, "host": "h"}', alias)));
    assert.equal(reader.read(text(alias)).ok, false);
  });

  it('knows a collection whose name is written with an escape', () => {
    const reader = new DeclarativeReader('kong.json', options);
    const text = String.raw`{"_format_version":"3.0","servi\u0063es":[{"name":"s","host":"h"}],"routes":[]}`;
    for (const round of [1, 2]) {
      assert.equal(entitiesIn(reader.read(text)).services.size, 1, `round ${round}`);
    }
  });

  it('refuses what is wrong in a changed element, or between it and others, as a first reading does', () => {
    const service = '{"name":"s","host":"h"}';
    const text = (changed: string): string =>
      `{"_format_version":"3.0","services":[${changed}],"routes":[{"paths":["/"],"service":"s"}]}`;
    const wrong = [
      '{"name":"s","host":"h","protocol":"udp"}',
      '{"name":"s","host":"h","host":"i"}',
      '{"name":"s","host":"h","routes":5}',
      '{"name":"s","host":"h","plugins":[{"name":"key-auth","_config":"shared"}]}',
      '{"name":"s","host":"h]}',
      '{"name":"s","host":tru}',
    ];
    for (const changed of wrong) {
      const reader = new DeclarativeReader('kong.json', options);
      entitiesIn(reader.read(text(service)));
      const fresh = parseDeclarative(text(changed), 'kong.json', options);
      assert.equal(fresh.ok, false, changed);
      assert.deepEqual(reader.read(text(changed)), fresh);
    }
  });
});
