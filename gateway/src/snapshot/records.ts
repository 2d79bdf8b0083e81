/**
 * What proxy threads are told of the configuration: entities without bookkeeping fields, children
 * folded into the parent they change with, foreign keys as plain ids. Field names stay those of the
 * entities. `null` fields are left out on the wire to the threads, so every optional field may be
 * absent.
 */

export interface ServiceRecord {
  id: string;
  name?: string;
  protocol: string;
  host: string;
  port: number;
  path?: string;
  retries: number;
  connect_timeout: number;
  write_timeout: number;
  read_timeout: number;
  /** Absent: as the node's setting says. */
  tls_verify?: boolean;
  tls_verify_depth?: number;
  /** Ids of the authorities that may vouch for the upstream; absent: those of the system. */
  ca_certificates?: string[];
  /** Id of the certificate that is shown to the upstream. */
  client_certificate?: string;
}

/** An address or block, a port, or both. */
export interface EndpointRecord {
  ip?: string;
  port?: number;
}

export interface RouteRecord {
  id: string;
  name?: string;
  /** Id of the service; absent for a route that only plugins answer. */
  service?: string;
  protocols: string[];
  methods?: string[];
  hosts?: string[];
  paths?: string[];
  headers?: Record<string, string[]>;
  snis?: string[];
  /** In place of all of these; checked. */
  expression?: string;
  /** Of routes with an expression: the higher is tried first. 0 to 2^46 - 1. */
  priority?: number;
  /** Of streams: where they come from, and which listener they came to. */
  sources?: EndpointRecord[];
  destinations?: EndpointRecord[];
  https_redirect_status_code: number;
  regex_priority: number;
  strip_path: boolean;
  path_handling: 'v0' | 'v1';
  preserve_host: boolean;
  request_buffering: boolean;
  response_buffering: boolean;
  /** A plugin would run here that cannot: requests are refused. */
  blocked?: true;
}

export interface TargetRecord {
  id: string;
  /** Host name or address, without port. */
  host: string;
  port: number;
  weight: number;
}

/** How the health of an upstream's targets is told from the requests that go to them. */
export interface HealthchecksRecord {
  /** Percentage of the weight that has to be healthy for the upstream to be, 0 to 100. */
  threshold: number;
  healthy_statuses: number[];
  unhealthy_statuses: number[];
  /** In a row; those that are 0 are not counted. */
  successes: number;
  http_failures: number;
  tcp_failures: number;
  timeouts: number;
}

/** Something that a request may be hashed by. */
export type HashInputRecord =
  | { source: 'consumer' | 'ip' | 'path'; name?: undefined }
  | { source: 'header' | 'query_arg' | 'uri_capture'; name: string }
  /** Given to clients that have none, for this path. */
  | { source: 'cookie'; name: string; path: string };

export interface HashingRecord {
  /** Points of the ring, 10 to 65,536. */
  slots: number;
  /** The first that a request has counts; at least one. */
  inputs: HashInputRecord[];
}

export interface UpstreamRecord {
  id: string;
  name: string;
  algorithm: string;
  /** Of the algorithm `consistent-hashing`. */
  hashing?: HashingRecord;
  host_header?: string;
  use_srv_name: boolean;
  /** Absent when the health of targets is of no concern. */
  healthchecks?: HealthchecksRecord;
  /** Id of the certificate that is shown to targets, where the service names none. */
  client_certificate?: string;
  targets: TargetRecord[];
}

export interface ConsumerRecord {
  id: string;
  username?: string;
  custom_id?: string;
  /** ACL groups. */
  groups: string[];
}

export interface CredentialRecord {
  id: string;
  /** Table of the entity, e.g. `keyauth_credentials`. */
  table: string;
  /** Value by which plugins look the credential up. */
  key: string;
  consumer: string;
  /** When it ceases to be valid, ms since the epoch; absent for never. */
  expires_at?: number;
  /** The remaining fields of the entity that a plugin needs. */
  fields?: Record<string, unknown>;
}

export interface PluginRecord {
  id: string;
  name: string;
  route?: string;
  service?: string;
  consumer?: string;
  protocols: string[];
  /** Complete, as it was validated: here `null`s stay, since `setup` is promised every field. */
  config: Record<string, unknown>;
}

export interface CertificateRecord {
  id: string;
  /** PEM, with the chain. */
  cert: string;
  key: string;
  /** The same with another type of key. */
  cert_alt?: string;
  key_alt?: string;
}

export interface SniRecord {
  id: string;
  /** Lower-case; may begin with `*.` or end in `.*`, or be `*`. */
  name: string;
  /** Id of the certificate. */
  certificate: string;
}

export interface CaCertificateRecord {
  id: string;
  /** PEM, one certificate. */
  cert: string;
}

export interface RecordKinds {
  certificates: CertificateRecord;
  snis: SniRecord;
  ca_certificates: CaCertificateRecord;
  services: ServiceRecord;
  routes: RouteRecord;
  upstreams: UpstreamRecord;
  consumers: ConsumerRecord;
  credentials: CredentialRecord;
  plugins: PluginRecord;
}

export type RecordKind = keyof RecordKinds;

/** One step from one configuration to the next. Disabled services, their routes and disabled plugins never appear. */
export type Change =
  | { [K in RecordKind]: { kind: K; op: 'put'; record: RecordKinds[K] } }[RecordKind]
  | { kind: RecordKind; op: 'delete'; id: string };
