import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { tableNames, type Entity, type EntityTables } from '../entities/tables.ts';
import { validatorOf } from '../entities/validators.ts';
import { delta, toRecords } from './delta.ts';
import { followingSnapshot, type EntityChange } from './following.ts';
import type { Change } from './records.ts';
import { createSnapshot, type Snapshot } from './snapshot.ts';

/** Few ids, so that entities come, change and go. */
const small = fc.integer({ min: 0, max: 3 });

function id(kind: number, n: number): string {
  return `00000000-0000-4000-8000-${String(kind).padStart(4, '0')}${String(n).padStart(8, '0')}`;
}

const world = fc.record({
  services: fc.dictionary(fc.constantFrom('0', '1', '2'), fc.boolean(), { maxKeys: 3 }),
  routes: fc.dictionary(
    fc.constantFrom('0', '1', '2', '3'),
    fc.record({ service: small, datagrams: fc.boolean() }),
  ),
  plugins: fc.dictionary(
    fc.constantFrom('0', '1', '2', '3'),
    fc.record({ on: small, of: fc.constantFrom('service', 'route', 'all'), enabled: fc.boolean() }),
  ),
  consumers: fc.uniqueArray(small),
  acls: fc.dictionary(fc.constantFrom('0', '1', '2'), small),
});
type World = typeof world extends fc.Arbitrary<infer W> ? W : never;

/** The entities of a world in which everything refers to what is there. */
function tablesOf({ services, routes, plugins, consumers, acls }: World): EntityTables {
  const inputs: Record<string, object[]> = {};
  inputs.services = Object.entries(services).map(([n, enabled]) => ({
    id: id(1, Number(n)),
    host: 'h',
    enabled,
  }));
  const hasService = (n: number): boolean => `${n}` in services;
  inputs.routes = Object.entries(routes).map(([n, { service, datagrams }]) => ({
    id: id(2, Number(n)),
    ...(datagrams ? { protocols: ['udp'], sources: [{ port: 1 }] } : { paths: [`/${n}`] }),
    service: hasService(service) ? { id: id(1, service) } : null,
  }));
  inputs.plugins = Object.entries(plugins).map(([n, { on, of, enabled }]) => ({
    id: id(3, Number(n)),
    name: `p${n}`,
    config: {},
    enabled,
    service: of === 'service' && hasService(on) ? { id: id(1, on) } : null,
    route: of === 'route' && `${on}` in routes ? { id: id(2, on) } : null,
  }));
  inputs.consumers = consumers.map((n) => ({ id: id(4, n), username: `c${n}` }));
  inputs.acls = Object.entries(acls).flatMap(([n, consumer]) =>
    consumers.includes(consumer)
      ? [{ id: id(5, Number(n)), group: `g${n}`, consumer: { id: id(4, consumer) } }]
      : [],
  );
  const tables = tableNames.map((table) => {
    const entities = (inputs[table] ?? []).map((input): [string, Entity] => {
      const result = validatorOf(table)(input as Record<string, unknown>);
      assert.ok(result.ok, JSON.stringify(result));
      return [result.value.id, result.value];
    });
    return [table, new Map(entities)] as const;
  });
  return Object.fromEntries(tables) as unknown as EntityTables;
}

/** What leads from one to the other, entity by entity, those left alone kept as they are. */
function changesBetween(before: Snapshot, after: Snapshot): EntityChange[] {
  return tableNames.flatMap((table) => {
    const [old, now] = [before.digests[table].byId, after.digests[table].byId];
    const gone = [...old.keys()].filter((key) => !now.has(key));
    const made = [...now].filter(([key, digest]) => old.get(key) !== digest);
    return [
      ...gone.map((key) => ({ table, id: key, after: null })),
      ...made.map(([key]) => ({ table, id: key, after: after.tables[table].get(key) ?? null })),
    ];
  });
}

/** Groups come in no order. */
function inOrder(record: object): object {
  return 'groups' in record
    ? { ...record, groups: (record.groups as string[]).toSorted() }
    : record;
}

function apply(records: Map<string, unknown>, changes: Iterable<Change>): Map<string, unknown> {
  const next = new Map(records);
  for (const change of changes) {
    const key = `${change.kind} ${change.op === 'put' ? change.record.id : change.id}`;
    if (change.op === 'put') next.set(key, inOrder(change.record));
    else next.delete(key);
  }
  return next;
}

it('a delta leads from all that threads knew to all that they are to know, and names nothing else', () => {
  const unrunnable = { includes: ({ name }: { name: string }) => name === 'p3', ignored: false };
  fc.assert(
    fc.property(world, world, (one, other) => {
      const before = createSnapshot(tablesOf(one), 1, undefined, unrunnable);
      const anew = createSnapshot(tablesOf(other), 2, undefined, unrunnable);
      const after = followingSnapshot(before, changesBetween(before, anew), 2);
      assert.equal(after.hash, anew.hash);
      const known = apply(new Map(), toRecords(before));
      const steps = [...delta(before, after)];
      const expected = apply(new Map(), toRecords(anew));
      const reached = apply(known, steps);
      assert.deepEqual(new Map([...reached].sort()), new Map([...expected].sort()));
      for (const step of steps) {
        const key = `${step.kind} ${step.op === 'put' ? step.record.id : step.id}`;
        assert.notDeepEqual(known.get(key), expected.get(key), `${key} did not change`);
      }
    }),
    { numRuns: 500 },
  );
});
