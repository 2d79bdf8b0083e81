import type { TableName } from '../entities/tables.ts';

/**
 * What of Kong's configuration this version does not serve yet. Everything here is validated like
 * the rest; then it is refused, unless it has no effect: null, Kong's default, or disabled.
 */

/** Entities that nothing uses yet. */
export const unsupportedTables: readonly TableName[] = [
  'basicauth_credentials',
  'jwt_secrets',
  'hmacauth_credentials',
  'oauth2_credentials',
  'certificates',
  'snis',
  'ca_certificates',
  'vaults',
  'keys',
  'key_sets',
];

/** Values that a field may have; any other is refused. `default` is Kong's default alone. */
export type Supported = 'default' | readonly (string | number | boolean)[];

/** Fields of which only some values are served. The others of an entity are served in full. */
export const limitedFields: Readonly<
  Partial<Record<TableName, Readonly<Record<string, Supported>>>>
> = {
  services: {
    // A route for gRPC answers every HTTP/1.1 request itself, so nothing is sent to these services.
    protocol: ['http', 'grpc', 'grpcs'],
    client_certificate: 'default',
    tls_verify: 'default',
    tls_verify_depth: 'default',
    ca_certificates: 'default',
  },
  routes: {
    protocols: ['http', 'https', 'grpc', 'grpcs'],
    sources: 'default',
    destinations: 'default',
  },
  upstreams: {
    algorithm: ['round-robin'],
    hash_on: ['none'],
    hash_fallback: ['none'],
    healthchecks: 'default',
    client_certificate: 'default',
    use_srv_name: 'default',
  },
};

/** Fields of plugins' configurations of which only some values are served. */
export const limitedPluginFields: Readonly<Record<string, Readonly<Record<string, Supported>>>> = {
  prometheus: { upstream_health_metrics: 'default' },
};

/** Kong's plugins that do not run here yet. */
export const kongPlugins: readonly string[] = [
  'acme',
  'ai-prompt-decorator',
  'ai-prompt-guard',
  'ai-prompt-template',
  'ai-proxy',
  'ai-request-transformer',
  'ai-response-transformer',
  'aws-lambda',
  'azure-functions',
  'basic-auth',
  'bot-detection',
  'cors',
  'datadog',
  'file-log',
  'grpc-gateway',
  'grpc-web',
  'hmac-auth',
  'http-log',
  'ip-restriction',
  'jwt',
  'ldap-auth',
  'loggly',
  'oauth2',
  'opentelemetry',
  'post-function',
  'pre-function',
  'proxy-cache',
  'redirect',
  'request-size-limiting',
  'request-transformer',
  'response-ratelimiting',
  'response-transformer',
  'session',
  'standard-webhooks',
  'statsd',
  'syslog',
  'tcp-log',
  'udp-log',
  'zipkin',
];

/** Fields of entities that Kong has under other settings or in other editions. */
export const foreignFields: Readonly<Partial<Record<TableName, Readonly<Record<string, string>>>>> =
  {
    routes: {
      expression: "belongs to Kong's expressions router, which Sluice does not support",
      priority: "belongs to Kong's expressions router, which Sluice does not support",
      filter_chains: 'WebAssembly filters are not supported',
    },
    services: { filter_chains: 'WebAssembly filters are not supported' },
    plugins: {
      consumer_group: 'consumer groups belong to Kong Enterprise',
      ordering: 'dynamic plugin ordering belongs to Kong Enterprise',
      partials: 'partials belong to Kong Enterprise',
      condition: 'conditions belong to Kong Enterprise',
    },
    consumers: {
      groups: 'consumer groups belong to Kong Enterprise',
      mtls_auth_credentials: 'mtls-auth belongs to Kong Enterprise',
    },
    keyauth_credentials: { ttl: 'keys that expire are not supported by Sluice yet' },
  };

/** Top-level sections that Kong has in other editions. */
export const foreignSections: Readonly<Record<string, string>> = {
  _konnect: 'is for Konnect control planes; remove it to use the file here',
  filter_chains: 'WebAssembly filters are not supported',
  consumer_groups: 'consumer groups belong to Kong Enterprise',
  consumer_group_consumers: 'consumer groups belong to Kong Enterprise',
  consumer_group_plugins: 'consumer groups belong to Kong Enterprise',
  custom_entities: 'custom entities belong to Kong Enterprise',
  custom_plugins: 'streamed plugins belong to Konnect',
  cloned_plugins: 'cloned plugins belong to Kong Enterprise',
  degraphql_routes: 'degraphql belongs to Kong Enterprise',
  licenses: 'licenses belong to Kong Enterprise',
  mtls_auth_credentials: 'mtls-auth belongs to Kong Enterprise',
  partials: 'partials belong to Kong Enterprise',
  rbac_endpoint_permissions: 'RBAC belongs to Kong Enterprise',
  rbac_roles: 'RBAC belongs to Kong Enterprise',
  sessions: 'the state of sessions is not configuration',
  workspaces: 'workspaces belong to Kong Enterprise',
};
