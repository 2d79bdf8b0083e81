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
  /** Whether threads are told of the entity. */
  serves(view: SnapshotView, entity: Entity): boolean;
  /** Tells apart what the records of entities would say that are served. */
  digest(view: SnapshotView, entity: Entity): string;
  record(view: SnapshotView, entity: Entity): RecordKinds[K];
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
  ) => readonly string[] | 'all';
}

/** What is only known by its table is an entity of that table. */
interface ProjectionOf<T extends TableName, K extends RecordKind> {
  readonly kind: K;
  readonly table: T;
  readonly reads?: readonly Reading[];
  readonly looksAt?: (view: SnapshotView) => unknown;
  /** Absent: every one. */
  readonly serves?: (view: SnapshotView, entity: Entity<T>) => boolean;
  /** Absent: what the entity itself says. */
  readonly digest?: (view: SnapshotView, entity: Entity<T>) => string;
  readonly record: (entity: Entity<T>, view: SnapshotView) => RecordKinds[K];
}

/** Every kind of record; those referred to come before those that refer. */
export const projections: readonly Projection[] = [
  projection({ kind: 'certificates', table: 'certificates', record: certificateRecord }),
  projection({ kind: 'snis', table: 'snis', record: sniRecord }),
  projection({ kind: 'ca_certificates', table: 'ca_certificates', record: caCertificateRecord }),
  projection({
    kind: 'services',
    table: 'services',
    serves: (view, service) => view.servesService(service),
    record: serviceRecord,
  }),
  projection({
    kind: 'upstreams',
    table: 'upstreams',
    reads: [children('targets', ({ upstream }) => upstream.id)],
    digest: (view, { id }) => withChildren(view, 'upstreams', id, 'targets', view.targetsOf(id)),
    record: (upstream, view) => upstreamRecord(upstream, view.targetsOf(upstream.id)),
  }),
  projection({
    kind: 'consumers',
    table: 'consumers',
    reads: [children('acls', ({ consumer }) => consumer.id)],
    digest: (view, { id }) => withChildren(view, 'consumers', id, 'acls', view.groupsOf(id)),
    record: (consumer, view) => consumerRecord(consumer, view.groupsOf(consumer.id)),
  }),
  ...credentialTables.map((table) =>
    projection({
      kind: 'credentials',
      table,
      record: (credential) => credentialRecord(table, credential),
    }),
  ),
  projection({
    kind: 'plugins',
    table: 'plugins',
    reads: [
      whetherServed('services', (view, service) => view.servesService(service)),
      whetherServed('routes', (view, route) => view.servesRoute(route)),
    ],
    serves: (view, plugin) => view.servesPlugin(plugin),
    record: pluginRecord,
  }),
  projection({
    kind: 'routes',
    table: 'routes',
    reads: [whetherServed('services', (view, service) => view.servesService(service))],
    looksAt: (view) => view.blocked,
    serves: (view, route) => view.servesRoute(route),
    digest: routeDigest,
    record: (route, view) => {
      const record = routeRecord(route);
      if (view.blocked.has(route)) record.blocked = true;
      return record;
    },
  }),
];

function projection<T extends TableName, K extends RecordKind>({
  table,
  reads = [],
  serves = () => true,
  digest = (view, { id }) => view.digest(table, id),
  record,
  ...rest
}: ProjectionOf<T, K>): Projection {
  return {
    ...rest,
    table,
    reads,
    serves: (view, entity) => serves(view, entity as Entity<T>),
    digest: (view, entity) => digest(view, entity as Entity<T>),
    record: (view, entity) => record(entity as Entity<T>, view),
  };
}

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
function whetherServed<T extends 'services' | 'routes'>(
  table: T,
  isServed: (view: SnapshotView, entity: Entity<T>) => boolean,
): Reading {
  const known = ({ snapshot }: SnapshotView, id: string): Entity<T> | undefined =>
    (snapshot.tables[table] as ReadonlyMap<string, Entity<T>>).get(id);
  return {
    table,
    concerns: (id, before, after) => {
      const [old, now] = [known(before, id), known(after, id)];
      if (old === undefined || now === undefined) return none;
      return isServed(before, old) === isServed(after, now) ? none : 'all';
    },
  };
}

const none: readonly string[] = [];

function routeDigest(view: SnapshotView, route: Entity<'routes'>): string {
  const digest = view.digest('routes', route.id);
  return view.blocked.has(route) ? `${digest} blocked` : digest;
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
