import { type Entity, type TableName } from '../entities/tables.ts';
import type { RecordKind, RecordKinds } from './records.ts';
import type { SnapshotView } from './snapshot-view.ts';
import {
  credentialTables,
  certificateRecord,
  sniRecord,
  caCertificateRecord,
  serviceRecord,
  routeRecord,
  upstreamRecord,
  consumerRecord,
  credentialRecord,
  pluginRecord,
} from './entity-records.ts';

/** How one kind of record is made of the entities of a table. */
export interface Projection<K extends RecordKind = RecordKind> {
  readonly kind: K;
  readonly table: TableName;
  /** Other tables that decide about the record, or whether there is one. */
  readonly reads: readonly Reading[];
  /** What else decides about records; the same object when it decides the same. */
  readonly looksAt?: (view: SnapshotView) => unknown;
  /** Tells apart what the record would say; undefined when threads are not told of the entity. */
  readonly digest: (view: SnapshotView, id: string) => string | undefined;
  readonly record: (view: SnapshotView, id: string) => RecordKinds[K];
}

/** How entities of one table decide about records that are made of another. */
export interface Reading {
  readonly table: TableName;
  /**
   * Ids of the entities whose records a changed entity may change. Those that refer to an entity that
   * has come or gone have come or gone with it, or were changed: they need not be named.
   */
  readonly concerns: (
    id: string,
    before: SnapshotView,
    after: SnapshotView,
  ) => Iterable<string> | 'all';
}

/** Every kind of record; those referred to come before those that refer. */
export const projections: readonly Projection[] = [
  {
    kind: 'certificates',
    table: 'certificates',
    reads: [],
    digest: (view, id) => view.digest('certificates', id),
    record: (view, id) => certificateRecord(entityOf(view, 'certificates', id)),
  },
  {
    kind: 'snis',
    table: 'snis',
    reads: [],
    digest: (view, id) => view.digest('snis', id),
    record: (view, id) => sniRecord(entityOf(view, 'snis', id)),
  },
  {
    kind: 'ca_certificates',
    table: 'ca_certificates',
    reads: [],
    digest: (view, id) => view.digest('ca_certificates', id),
    record: (view, id) => caCertificateRecord(entityOf(view, 'ca_certificates', id)),
  },
  {
    kind: 'services',
    table: 'services',
    reads: [],
    digest: (view, id) => whenServed(view, 'services', id),
    record: (view, id) => serviceRecord(entityOf(view, 'services', id)),
  },
  {
    kind: 'upstreams',
    table: 'upstreams',
    reads: [children('targets', ({ upstream }) => upstream.id)],
    digest: (view, id) => withChildren(view, 'upstreams', id, 'targets', view.targetsOf(id)),
    record: (view, id) => upstreamRecord(entityOf(view, 'upstreams', id), view.targetsOf(id)),
  },
  {
    kind: 'consumers',
    table: 'consumers',
    reads: [children('acls', ({ consumer }) => consumer.id)],
    digest: (view, id) => withChildren(view, 'consumers', id, 'acls', view.groupsOf(id)),
    record: (view, id) => consumerRecord(entityOf(view, 'consumers', id), view.groupsOf(id)),
  },
  ...credentialTables.map((table): Projection => ({
    kind: 'credentials',
    table,
    reads: [],
    digest: (view, id) => view.digest(table, id),
    record: (view, id) => credentialRecord(table, entityOf(view, table, id)),
  })),
  {
    kind: 'plugins',
    table: 'plugins',
    reads: [whetherServed('services'), whetherServed('routes')],
    digest: (view, id) => whenServed(view, 'plugins', id),
    record: (view, id) => pluginRecord(entityOf(view, 'plugins', id)),
  },
  {
    kind: 'routes',
    table: 'routes',
    reads: [whetherServed('services')],
    looksAt: (view) => view.blocked,
    digest: routeDigest,
    record: (view, id) => {
      const route = entityOf(view, 'routes', id);
      return { ...routeRecord(route), ...(view.blocked.has(route) ? { blocked: true } : {}) };
    },
  },
];

/** What belongs to the entity that the record is made of. */
function children<T extends TableName>(table: T, parentOf: (child: Entity<T>) => string): Reading {
  return {
    table,
    concerns: (id, before, after) =>
      [before, after].flatMap(({ snapshot }) => {
        const child = snapshot.tables[table].get(id);
        return child === undefined ? [] : [parentOf(child)];
      }),
  };
}

/** What belongs to something that is not served is not served either. */
function whetherServed(table: 'services' | 'routes'): Reading {
  return {
    table,
    concerns: (id, before, after) => {
      const isInBoth = [before, after].every(({ snapshot }) => snapshot.tables[table].has(id));
      return isInBoth && before.isServed(table, id) !== after.isServed(table, id) ? 'all' : [];
    },
  };
}

function entityOf<T extends TableName>(view: SnapshotView, table: T, id: string): Entity<T> {
  const entity = view.snapshot.tables[table].get(id);
  if (entity === undefined) throw new Error(`no ${table} entity has the id ${id}`);
  return entity;
}

function whenServed(
  view: SnapshotView,
  table: 'services' | 'routes' | 'plugins',
  id: string,
): string | undefined {
  return view.isServed(table, id) ? view.digest(table, id) : undefined;
}

function routeDigest(view: SnapshotView, id: string): string | undefined {
  const digest = whenServed(view, 'routes', id);
  if (digest === undefined) return undefined;
  return view.blocked.has(entityOf(view, 'routes', id)) ? `${digest} blocked` : digest;
}

function withChildren(
  view: SnapshotView,
  table: TableName,
  id: string,
  childTable: TableName,
  children: readonly { readonly id: string }[],
): string {
  let digest = view.digest(table, id);
  for (const child of children) digest += view.digest(childTable, child.id);
  return digest;
}
