import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tableNames, type EntityTables, type TableName } from '../entities/tables.ts';
import { validatorOf } from '../entities/validators.ts';
import { delta, toRecords } from './delta.ts';
import type { Change } from './records.ts';
import { createSnapshot, type Snapshot } from './snapshot.ts';

type Inputs = Partial<Record<TableName, readonly Record<string, unknown>[]>>;

function id(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

let revision = 0;

function snapshotOf(inputs: Inputs): Snapshot {
  const tables = Object.fromEntries(
    tableNames.map((table) => {
      const entities = (inputs[table] ?? []).map((input) => {
        const result = validatorOf(table)(input);
        assert.ok(result.ok, JSON.stringify(result));
        return [result.value.id, result.value] as const;
      });
      return [table, new Map(entities)];
    }),
  ) as unknown as EntityTables;
  return createSnapshot(tables, (revision += 1));
}

/** `put services <id>`, the ids shortened to their number. */
function steps(changes: Iterable<Change>): string[] {
  return [...changes].map((change) => {
    const of = change.op === 'put' ? change.record.id : change.id;
    return `${change.op} ${change.kind} ${Number(of.slice(-12))}`;
  });
}

const full: Inputs = {
  services: [{ id: id(1), name: 's', host: '[::1]' }],
  routes: [{ id: id(2), paths: ['/a'], service: { id: id(1) } }],
  upstreams: [{ id: id(3), name: 'u' }],
  targets: [{ id: id(4), upstream: { id: id(3) }, target: '10.0.0.1:80', weight: 5 }],
  consumers: [{ id: id(5), username: 'alice' }],
  acls: [{ id: id(6), consumer: { id: id(5) }, group: 'gold' }],
  keyauth_credentials: [{ id: id(7), consumer: { id: id(5) }, key: 'k' }],
  plugins: [{ id: id(8), name: 'p', config: {}, route: { id: id(2) } }],
};

describe('toRecords', () => {
  it('puts what others refer to before them', () => {
    assert.deepEqual(steps(toRecords(snapshotOf(full))), [
      'put services 1',
      'put upstreams 3',
      'put consumers 5',
      'put credentials 7',
      'put plugins 8',
      'put routes 2',
    ]);
  });

  it('folds children into their parents and leaves nulls out', () => {
    const records = toRecords(snapshotOf(full)).map((change) => {
      assert.equal(change.op, 'put');
      return change.record;
    });
    assert.deepEqual(records.slice(0, 4), [
      {
        id: id(1),
        name: 's',
        protocol: 'http',
        host: '::1',
        port: 80,
        retries: 5,
        connect_timeout: 60_000,
        write_timeout: 60_000,
        read_timeout: 60_000,
      },
      {
        id: id(3),
        name: 'u',
        algorithm: 'round-robin',
        use_srv_name: false,
        targets: [{ id: id(4), host: '10.0.0.1', port: 80, weight: 5 }],
      },
      { id: id(5), username: 'alice', groups: ['gold'] },
      { id: id(7), table: 'keyauth_credentials', key: 'k', consumer: id(5) },
    ]);
  });

  it('splits IPv6 targets', () => {
    const targets = [{ id: id(4), upstream: { id: id(3) }, target: '[::2]:81' }];
    const [upstream] = toRecords(snapshotOf({ upstreams: full.upstreams ?? [], targets }));
    assert.ok(upstream?.op === 'put' && upstream.kind === 'upstreams');
    assert.deepEqual(upstream.record.targets[0], {
      id: id(4),
      host: '0000:0000:0000:0000:0000:0000:0000:0002',
      port: 81,
      weight: 100,
    });
  });

  it('leaves out what is disabled, and what belongs to it', () => {
    const disabled = snapshotOf({
      ...full,
      services: [{ id: id(1), host: 'h', enabled: false }],
      plugins: [
        { id: id(8), name: 'p', config: {}, route: { id: id(2) } },
        { id: id(9), name: 'p', config: {}, service: { id: id(1) } },
        { id: id(10), name: 'p', config: {}, enabled: false },
        { id: id(11), name: 'p', config: {} },
      ],
    });
    assert.deepEqual(steps(toRecords(disabled)), [
      'put upstreams 3',
      'put consumers 5',
      'put credentials 7',
      'put plugins 11',
    ]);
  });
});

describe('delta', () => {
  it('is empty between equal configurations', () => {
    assert.deepEqual([...delta(snapshotOf(full), snapshotOf(full))], []);
  });

  it('has only what changed, a parent whose child changed included', () => {
    const changed = snapshotOf({
      ...full,
      routes: [{ id: id(2), paths: ['/b'], service: { id: id(1) } }],
      targets: [{ id: id(4), upstream: { id: id(3) }, target: '10.0.0.1:80', weight: 6 }],
      acls: [],
    });
    assert.deepEqual(steps(delta(snapshotOf(full), changed)), [
      'put upstreams 3',
      'put consumers 5',
      'put routes 2',
    ]);
  });

  it('is the same when tables and entities that did not change are the same objects', () => {
    const before = snapshotOf(full);
    const changes: Inputs[] = [
      { services: [{ id: id(1), name: 's', host: 'other' }] },
      { services: [{ id: id(1), name: 's', host: '[::1]', enabled: false }] },
      { services: [], routes: [], plugins: [] },
      { targets: [] },
      { acls: [{ id: id(6), consumer: { id: id(5) }, group: 'silver' }] },
      { routes: [...(full.routes ?? []), { id: id(30), paths: ['/more'] }] },
      { plugins: [], consumers: [...(full.consumers ?? []), { id: id(31), username: 'bob' }] },
    ];
    for (const change of changes) {
      const anew = snapshotOf({ ...full, ...change });
      const known = { ...before.tables } as Record<TableName, ReadonlyMap<string, unknown>>;
      for (const table of Object.keys(change) as TableName[]) {
        const entities = [...anew.tables[table]] as [string, unknown][];
        known[table] = new Map(
          entities.map(([key, entity]) => {
            const same = before.digests[table].byId.get(key) === anew.digests[table].byId.get(key);
            return [key, same ? before.tables[table].get(key) : entity];
          }),
        );
      }
      const after = createSnapshot(known as EntityTables, anew.revision, before);
      assert.equal(after.hash, anew.hash);
      assert.deepEqual([...delta(before, after)], [...delta(before, anew)]);
      assert.deepEqual([...delta(after, before)], [...delta(anew, before)]);
    }
  });

  it('leaves out routes that are for datagrams only, and what is bound to them', () => {
    const datagrams = {
      id: id(2),
      protocols: ['udp'],
      sources: [{ port: 9 }],
      service: { id: id(1) },
    };
    const off = snapshotOf({ ...full, routes: [datagrams] });
    assert.deepEqual(steps(delta(snapshotOf(full), off)), ['delete routes 2', 'delete plugins 8']);
    assert.deepEqual(steps(delta(off, snapshotOf(full))), ['put plugins 8', 'put routes 2']);
  });

  it('blocks routes for streams by plugins for streams only, and those for requests by the others', () => {
    const both = ['http', 'tcp'];
    const tables = (): EntityTables =>
      snapshotOf({
        services: [{ id: id(1), host: 'h' }],
        routes: [
          { id: id(2), paths: ['/'], service: { id: id(1) } },
          { id: id(3), protocols: ['tcp'], sources: [{ port: 1 }], service: { id: id(1) } },
        ],
        plugins: [
          { id: id(4), name: 'cannot', config: {}, protocols: ['http'] },
          { id: id(5), name: 'requests-only', config: {}, protocols: both, service: { id: id(1) } },
        ],
      }).tables;
    const blockedBy = (names: readonly string[], ofStreams: readonly string[]): number[] =>
      toRecords(
        createSnapshot(tables(), 1, undefined, {
          includes: ({ name }) => names.includes(name),
          missesStreams: ({ name }) => ofStreams.includes(name),
          ignored: false,
        }),
      ).flatMap((change) =>
        change.kind === 'routes' && change.op === 'put' && change.record.blocked === true
          ? [Number(change.record.id.slice(-12))]
          : [],
      );
    assert.deepEqual(blockedBy(['cannot'], []), [2]);
    assert.deepEqual(blockedBy([], ['cannot', 'requests-only']), [3]);
    assert.deepEqual(blockedBy([], []), []);
  });

  it('blocks the routes on which a plugin would run that cannot, and leaves the plugin out', () => {
    const unrunnable = { includes: ({ name }: { name: string }) => name === 'p', ignored: false };
    const { tables } = snapshotOf({
      ...full,
      routes: [...(full.routes ?? []), { id: id(30), paths: ['/other'] }],
    });
    const blocked = createSnapshot(tables, 1, undefined, unrunnable);
    const routes = toRecords(blocked).flatMap((change) =>
      change.kind === 'routes' && change.op === 'put' ? [change.record] : [],
    );
    assert.deepEqual(
      routes.map(({ id: own, blocked: isBlocked }) => [Number(own.slice(-12)), isBlocked]),
      [
        [2, true],
        [30, undefined],
      ],
    );
    assert.ok(!steps(toRecords(blocked)).includes('put plugins 8'));
    const free = createSnapshot({ ...tables, plugins: new Map() }, 2, blocked, unrunnable);
    assert.deepEqual(steps(delta(blocked, free)), ['put routes 2']);
    const ignored = createSnapshot(tables, 3, undefined, { ...unrunnable, ignored: true });
    assert.deepEqual(steps(delta(blocked, ignored)), ['put routes 2']);
  });

  it('deletes at the end, what refers to others first', () => {
    const other = snapshotOf({ services: [{ id: id(20), host: 'h' }] });
    assert.deepEqual(steps(delta(snapshotOf(full), other)), [
      'put services 20',
      'delete routes 2',
      'delete plugins 8',
      'delete credentials 7',
      'delete consumers 5',
      'delete upstreams 3',
      'delete services 1',
    ]);
  });

  it('takes disabling for deletion and enabling for addition', () => {
    const on = snapshotOf(full);
    const off = snapshotOf({
      ...full,
      services: [{ id: id(1), name: 's', host: '[::1]', enabled: false }],
    });
    const gone = ['delete routes 2', 'delete plugins 8', 'delete services 1'];
    assert.deepEqual(steps(delta(on, off)), gone);
    assert.deepEqual(steps(delta(off, on)), ['put services 1', 'put plugins 8', 'put routes 2']);
  });
});

describe('the hash of a snapshot', () => {
  it('is the same for the same entities in another order, read at another time', () => {
    const services = [
      { id: id(1), host: 'a', created_at: 1 },
      { id: id(2), host: 'b', updated_at: 2 },
    ];
    const hash = (list: Record<string, unknown>[]): string => snapshotOf({ services: list }).hash;
    assert.match(hash(services), /^[0-9a-f]{32}$/);
    assert.equal(hash(services), hash(services.toReversed()));
    assert.equal(hash(services), hash(services.map((each) => ({ ...each, created_at: 9 }))));
    assert.notEqual(hash(services), hash(services.slice(1)));
  });

  it('differs when a value, a table or an id does', () => {
    const hashes = [
      {},
      { services: [{ id: id(1), host: 'a' }] },
      { services: [{ id: id(1), host: 'b' }] },
      { services: [{ id: id(2), host: 'a' }] },
      { consumers: [{ id: id(1), username: 'a' }] },
    ].map((inputs) => snapshotOf(inputs).hash);
    assert.equal(new Set(hashes).size, hashes.length);
  });
});
