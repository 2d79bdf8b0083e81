import { definitionOf, type Entity, type TableName } from '../entities/tables.ts';
import { targetHostPort } from '../entities/target.ts';
import { usesHealthchecks } from '../entities/upstream-healthchecks.ts';
import type {
  CaCertificateRecord,
  CertificateRecord,
  ConsumerRecord,
  CredentialRecord,
  EndpointRecord,
  HashingRecord,
  HashInputRecord,
  PluginRecord,
  RouteRecord,
  ServiceRecord,
  SniRecord,
  UpstreamRecord,
} from './records.ts';

export function certificateRecord(certificate: Entity<'certificates'>): CertificateRecord {
  return {
    id: certificate.id,
    cert: certificate.cert,
    key: certificate.key,
    ...present('cert_alt', certificate.cert_alt),
    ...present('key_alt', certificate.key_alt),
  };
}

export function sniRecord({ id, name, certificate }: Entity<'snis'>): SniRecord {
  return { id, name: name.toLowerCase(), certificate: certificate.id };
}

export function caCertificateRecord({ id, cert }: Entity<'ca_certificates'>): CaCertificateRecord {
  return { id, cert };
}

export function serviceRecord(service: Entity<'services'>): ServiceRecord {
  const timeout = 60_000;
  const record: ServiceRecord = {
    id: service.id,
    protocol: service.protocol,
    host: service.host.replace(/^\[(.*)\]$/, '$1'),
    port: service.port,
    retries: service.retries ?? 5,
    connect_timeout: service.connect_timeout ?? timeout,
    write_timeout: service.write_timeout ?? timeout,
    read_timeout: service.read_timeout ?? timeout,
  };
  const { name, path, tls_verify, tls_verify_depth, ca_certificates, client_certificate } = service;
  if (name !== null) record.name = name;
  if (path !== null) record.path = path;
  if (tls_verify !== null) record.tls_verify = tls_verify;
  if (tls_verify_depth !== null) record.tls_verify_depth = tls_verify_depth;
  if (ca_certificates !== null) record.ca_certificates = [...ca_certificates];
  if (client_certificate !== null) record.client_certificate = client_certificate.id;
  return record;
}

export function routeRecord(route: Entity<'routes'>): RouteRecord {
  const record: RouteRecord = {
    id: route.id,
    protocols: [...route.protocols],
    https_redirect_status_code: route.https_redirect_status_code,
    regex_priority: route.regex_priority ?? 0,
    strip_path: route.strip_path,
    path_handling: route.path_handling ?? 'v0',
    preserve_host: route.preserve_host,
    request_buffering: route.request_buffering,
    response_buffering: route.response_buffering,
  };
  if (route.name !== null) record.name = route.name;
  if (route.service !== null) record.service = route.service.id;
  if (route.expression !== null) {
    record.expression = route.expression;
    record.priority = route.priority ?? 0;
  }
  addMatchers(record, route);
  return record;
}

/** An empty list of matchers matches as if it was not there. */
function addMatchers(record: RouteRecord, route: Entity<'routes'>): void {
  for (const name of ['methods', 'hosts', 'paths', 'snis'] as const) {
    const values = route[name];
    if (values !== null && values.length > 0) record[name] = [...values];
  }
  for (const name of ['sources', 'destinations'] as const) {
    const values = route[name];
    if (values !== null && values.length > 0) record[name] = values.map(endpointRecord);
  }
  const headers = Object.entries(route.headers ?? {});
  if (headers.length === 0) return;
  record.headers = Object.fromEntries(headers.map(([name, values]) => [name, [...values]]));
}

function endpointRecord({ ip, port }: Endpoint): EndpointRecord {
  return { ...present('ip', ip), ...present('port', port) };
}

type Endpoint = NonNullable<Entity<'routes'>['sources']>[number];

export function upstreamRecord(
  upstream: Entity<'upstreams'>,
  targets: readonly Entity<'targets'>[],
): UpstreamRecord {
  return {
    id: upstream.id,
    name: upstream.name,
    algorithm: upstream.algorithm ?? 'round-robin',
    ...present('hashing', hashingRecord(upstream)),
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

function hashingRecord(upstream: Entity<'upstreams'>): HashingRecord | null {
  if (upstream.algorithm !== 'consistent-hashing') return null;
  const inputs = [
    hashInput(upstream, 'hash_on', upstream.hash_on),
    hashInput(upstream, 'hash_fallback', upstream.hash_fallback),
  ].filter((input) => input !== null);
  return { slots: upstream.slots ?? 10_000, inputs };
}

/** Null where nothing is hashed. The rules of upstreams see to it that the names are there. */
function hashInput(
  upstream: Entity<'upstreams'>,
  field: 'hash_on' | 'hash_fallback',
  source: Entity<'upstreams'>['hash_on'],
): HashInputRecord | null {
  switch (source) {
    case 'consumer':
    case 'ip':
    case 'path':
      return { source };
    case 'cookie':
      return {
        source,
        name: upstream.hash_on_cookie ?? '',
        path: upstream.hash_on_cookie_path ?? '/',
      };
    case 'header':
    case 'query_arg':
    case 'uri_capture':
      return { source, name: upstream[`${field}_${source}`] ?? '' };
    default:
      return null;
  }
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

export function consumerRecord(
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

export const credentialTables = [
  'keyauth_credentials',
  'basicauth_credentials',
  'jwt_secrets',
  'hmacauth_credentials',
  'oauth2_credentials',
] as const satisfies readonly TableName[];

type Credential = Entity<(typeof credentialTables)[number]>;

export function credentialRecord(table: TableName, credential: Credential): CredentialRecord {
  const values = credential as Readonly<Record<string, unknown>>;
  const record: CredentialRecord = {
    id: credential.id,
    table,
    key: String(values[definitionOf(table).endpointKey ?? 'id']),
    consumer: credential.consumer.id,
  };
  const { expires_at = null } = credential as { readonly expires_at?: number | null };
  if (expires_at !== null) record.expires_at = expires_at * 1000;
  for (const name of furtherFields(table)) {
    const value = values[name];
    if (value !== null && value !== undefined) (record.fields ??= {})[name] = value;
  }
  return record;
}

const known = new Map<TableName, readonly string[]>();

/** The fields of a kind of credential that have no place of their own in its record. */
function furtherFields(table: TableName): readonly string[] {
  let further = known.get(table);
  if (further === undefined) {
    const { endpointKey, fields } = definitionOf(table);
    const own = ['id', 'created_at', 'consumer', 'tags', 'expires_at', endpointKey ?? 'id'];
    further = Object.keys(fields).filter((name) => !own.includes(name));
    known.set(table, further);
  }
  return further;
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
