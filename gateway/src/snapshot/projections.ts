import { definitionOf, type Entity, type TableName } from '../entities/tables.ts';
import { targetHostPort } from '../entities/target.ts';
import type {
  ConsumerRecord,
  CredentialRecord,
  PluginRecord,
  RecordKind,
  RecordKinds,
  RouteRecord,
  ServiceRecord,
  UpstreamRecord,
} from './records.ts';
import type { SnapshotView } from './snapshot-view.ts';

/** How one kind of record is made of the entities of a table. */
export interface Projection<K extends RecordKind = RecordKind> {
  readonly kind: K;
  readonly table: TableName;
  /** Other tables that decide about the record, or whether there is one. */
  readonly reads: readonly TableName[];
  /** Tells apart what the record would say; undefined when threads are not told of the entity. */
  readonly digest: (view: SnapshotView, entity: Entity) => string | undefined;
  readonly record: (view: SnapshotView, entity: Entity) => RecordKinds[K];
}

/** The same with the type of its entities. */
interface ProjectionOf<T extends TableName, K extends RecordKind> {
  readonly kind: K;
  readonly table: T;
  readonly reads: readonly TableName[];
  readonly digest: (view: SnapshotView, entity: Entity<T>) => string | undefined;
  readonly record: (view: SnapshotView, entity: Entity<T>) => RecordKinds[K];
}

/** Whoever has a projection gives it entities of its own table only. */
function projection<T extends TableName, K extends RecordKind>(of: ProjectionOf<T, K>): Projection {
  return of as unknown as Projection;
}

const credentialTables = [
  'keyauth_credentials',
  'basicauth_credentials',
  'jwt_secrets',
  'hmacauth_credentials',
  'oauth2_credentials',
] as const satisfies readonly TableName[];

/** Every kind of record; those referred to come before those that refer. */
export const projections: readonly Projection[] = [
  projection({
    kind: 'services',
    table: 'services',
    reads: [],
    digest: (view, service) =>
      view.isServiceServed(service) ? view.digest('services', service.id) : undefined,
    record: (_view, service) => serviceRecord(service),
  }),
  projection({
    kind: 'upstreams',
    table: 'upstreams',
    reads: ['targets'],
    digest: (view, { id }) => withChildren(view, 'upstreams', id, 'targets', view.targetsOf(id)),
    record: (view, upstream) => upstreamRecord(upstream, view.targetsOf(upstream.id)),
  }),
  projection({
    kind: 'consumers',
    table: 'consumers',
    reads: ['acls'],
    digest: (view, { id }) => withChildren(view, 'consumers', id, 'acls', view.groupsOf(id)),
    record: (view, consumer) => consumerRecord(consumer, view.groupsOf(consumer.id)),
  }),
  ...credentialTables.map((table) =>
    projection({
      kind: 'credentials',
      table,
      reads: [],
      digest: (view, { id }) => view.digest(table, id),
      record: (_view, credential) => credentialRecord(table, credential),
    }),
  ),
  projection({
    kind: 'plugins',
    table: 'plugins',
    reads: ['services', 'routes'],
    digest: (view, plugin) =>
      view.isPluginServed(plugin) ? view.digest('plugins', plugin.id) : undefined,
    record: (_view, plugin) => pluginRecord(plugin),
  }),
  projection({
    kind: 'routes',
    table: 'routes',
    reads: ['services'],
    digest: (view, route) =>
      view.isRouteServed(route) ? view.digest('routes', route.id) : undefined,
    record: (_view, route) => routeRecord(route),
  }),
];

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

function serviceRecord(service: Entity<'services'>): ServiceRecord {
  const timeout = 60_000;
  return {
    id: service.id,
    ...present('name', service.name),
    protocol: service.protocol,
    host: service.host.replace(/^\[(.*)\]$/, '$1'),
    port: service.port,
    ...present('path', service.path),
    retries: service.retries ?? 5,
    connect_timeout: service.connect_timeout ?? timeout,
    write_timeout: service.write_timeout ?? timeout,
    read_timeout: service.read_timeout ?? timeout,
  };
}

function routeRecord(route: Entity<'routes'>): RouteRecord {
  return {
    id: route.id,
    ...present('name', route.name),
    ...present('service', route.service?.id ?? null),
    protocols: [...route.protocols],
    ...matcher('methods', route.methods),
    ...matcher('hosts', route.hosts),
    ...matcher('paths', route.paths),
    ...headersOf(route),
    ...matcher('snis', route.snis),
    https_redirect_status_code: route.https_redirect_status_code,
    regex_priority: route.regex_priority ?? 0,
    strip_path: route.strip_path,
    path_handling: route.path_handling ?? 'v0',
    preserve_host: route.preserve_host,
    request_buffering: route.request_buffering,
    response_buffering: route.response_buffering,
  };
}

function headersOf(route: Entity<'routes'>): Pick<RouteRecord, 'headers'> {
  const headers = Object.entries(route.headers ?? {});
  if (headers.length === 0) return {};
  return { headers: Object.fromEntries(headers.map(([name, values]) => [name, [...values]])) };
}

function upstreamRecord(
  upstream: Entity<'upstreams'>,
  targets: readonly Entity<'targets'>[],
): UpstreamRecord {
  return {
    id: upstream.id,
    name: upstream.name,
    algorithm: upstream.algorithm ?? 'round-robin',
    ...present('host_header', upstream.host_header),
    use_srv_name: upstream.use_srv_name ?? false,
    targets: targets.map(({ id, target, weight }) => ({
      id,
      ...targetHostPort(target),
      weight: weight ?? 100,
    })),
  };
}

function consumerRecord(
  consumer: Entity<'consumers'>,
  groups: readonly Entity<'acls'>[],
): ConsumerRecord {
  return {
    id: consumer.id,
    ...present('username', consumer.username),
    ...present('custom_id', consumer.custom_id),
    groups: groups.map(({ group }) => group),
  };
}

type Credential = Entity<(typeof credentialTables)[number]>;

function credentialRecord(table: TableName, credential: Credential): CredentialRecord {
  const endpointKey = definitionOf(table).endpointKey ?? 'id';
  const own = ['id', 'created_at', 'consumer', 'tags', endpointKey];
  const fields = Object.entries(credential).filter(
    ([name, value]) => value !== null && !own.includes(name),
  );
  return {
    id: credential.id,
    table,
    key: String((credential as Readonly<Record<string, unknown>>)[endpointKey]),
    consumer: credential.consumer.id,
    ...(fields.length === 0 ? {} : { fields: Object.fromEntries(fields) }),
  };
}

function pluginRecord(plugin: Entity<'plugins'>): PluginRecord {
  return {
    id: plugin.id,
    name: plugin.name,
    ...present('route', plugin.route?.id ?? null),
    ...present('service', plugin.service?.id ?? null),
    ...present('consumer', plugin.consumer?.id ?? null),
    protocols: [...plugin.protocols],
    config: plugin.config,
  };
}

/** A field for the record when it has a value. */
function present<K extends string, V>(name: K, value: V | null): Partial<Record<K, V>> {
  return value === null ? {} : ({ [name]: value } as Record<K, V>);
}

/** An empty list of matchers matches as if it was not there. */
function matcher<K extends string>(
  name: K,
  values: readonly string[] | null,
): Partial<Record<K, string[]>> {
  return values === null || values.length === 0
    ? {}
    : ({ [name]: [...values] } as Record<K, string[]>);
}
