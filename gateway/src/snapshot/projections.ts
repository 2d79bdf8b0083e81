import { definitionOf, type Entity, type TableName } from '../entities/tables.ts';
import { targetHostPort } from '../entities/target.ts';
import { usesHealthchecks } from '../entities/upstream-healthchecks.ts';
import type {
  CaCertificateRecord,
  CertificateRecord,
  ConsumerRecord,
  CredentialRecord,
  EndpointRecord,
  PluginRecord,
  RecordKind,
  RecordKinds,
  RouteRecord,
  ServiceRecord,
  SniRecord,
  UpstreamRecord,
} from './records.ts';
import type { SnapshotView } from './snapshot-view.ts';

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

const credentialTables = [
  'keyauth_credentials',
  'basicauth_credentials',
  'jwt_secrets',
  'hmacauth_credentials',
  'oauth2_credentials',
] as const satisfies readonly TableName[];

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

export function certificateRecord(certificate: Entity<'certificates'>): CertificateRecord {
  return {
    id: certificate.id,
    cert: certificate.cert,
    key: certificate.key,
    ...present('cert_alt', certificate.cert_alt),
    ...present('key_alt', certificate.key_alt),
  };
}

function sniRecord({ id, name, certificate }: Entity<'snis'>): SniRecord {
  return { id, name: name.toLowerCase(), certificate: certificate.id };
}

function caCertificateRecord({ id, cert }: Entity<'ca_certificates'>): CaCertificateRecord {
  return { id, cert };
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
    ...present('tls_verify', service.tls_verify),
    ...present('tls_verify_depth', service.tls_verify_depth),
    ...(service.ca_certificates === null ? {} : { ca_certificates: [...service.ca_certificates] }),
    ...present('client_certificate', service.client_certificate?.id ?? null),
  };
}

export function routeRecord(route: Entity<'routes'>): RouteRecord {
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
    ...endpoints('sources', route.sources),
    ...endpoints('destinations', route.destinations),
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
    ...present('healthchecks', healthchecksRecord(upstream)),
    ...present('client_certificate', upstream.client_certificate?.id ?? null),
    targets: targets.map(({ id, target, weight }) => ({
      id,
      ...targetHostPort(target),
      weight: weight ?? 100,
    })),
  };
}

function healthchecksRecord({
  healthchecks,
}: Entity<'upstreams'>): NonNullable<UpstreamRecord['healthchecks']> | null {
  if (!usesHealthchecks(healthchecks)) return null;
  const { healthy, unhealthy } = healthchecks.passive;
  return {
    threshold: healthchecks.threshold ?? 0,
    healthy_statuses: [...(healthy.http_statuses ?? [])],
    unhealthy_statuses: [...(unhealthy.http_statuses ?? [])],
    successes: healthy.successes ?? 0,
    http_failures: unhealthy.http_failures ?? 0,
    tcp_failures: unhealthy.tcp_failures ?? 0,
    timeouts: unhealthy.timeouts ?? 0,
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
  const own = ['id', 'created_at', 'consumer', 'tags', 'expires_at', endpointKey];
  const fields = Object.entries(credential).filter(
    ([name, value]) => value !== null && !own.includes(name),
  );
  return {
    id: credential.id,
    table,
    key: String((credential as Readonly<Record<string, unknown>>)[endpointKey]),
    consumer: credential.consumer.id,
    ...expiryOf(credential),
    ...(fields.length === 0 ? {} : { fields: Object.fromEntries(fields) }),
  };
}

function expiryOf(credential: Credential): Pick<CredentialRecord, 'expires_at'> {
  const { expires_at = null } = credential as { readonly expires_at?: number | null };
  return expires_at === null ? {} : { expires_at: expires_at * 1000 };
}

export function pluginRecord(plugin: Entity<'plugins'>): PluginRecord {
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

type Endpoints = Entity<'routes'>['sources'];

function endpoints<K extends 'sources' | 'destinations'>(
  name: K,
  values: Endpoints,
): Partial<Record<K, EndpointRecord[]>> {
  if (values === null || values.length === 0) return {};
  const records = values.map(({ ip, port }) => ({
    ...present('ip', ip),
    ...present('port', port),
  }));
  return { [name]: records } as Record<K, EndpointRecord[]>;
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
