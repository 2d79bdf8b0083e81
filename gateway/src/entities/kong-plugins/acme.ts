import { matching, routeHost, url } from '../schema/checks.ts';
import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { hostField, needs, optionalFlag, portField, when } from './parts/fields.ts';
import { inPlaceOf } from './parts/queue.ts';
import { redisFields, renamed } from './parts/redis.ts';

const letsEncrypt = [
  'https://acme-v02.api.letsencrypt.org',
  'https://acme-staging-v02.api.letsencrypt.org',
] as const;

const secret = { referenceable: true, encrypted: true } as const;
const token = f.string({ referenceable: true });

const inRedis = (name: string, now: readonly string[]) =>
  inPlaceOf('acme', `storage_config.redis.${name}`, `storage_config.redis.${now.join('.')}`);

const redis = f.record(
  {
    ...redisFields,
    extra_options: f.record(
      {
        namespace: f.string({ required: true, default: '', len_min: 0, check: namespace }),
        scan_count: f.number({ default: 10 }),
      },
      { required: true },
    ),
  },
  {
    required: true,
    shorthands: {
      auth: renamed(f.string({ len_min: 0 }), ['password'], inRedis('auth', ['password'])),
      ssl_server_name: renamed(
        f.string(),
        ['server_name'],
        inRedis('ssl_server_name', ['server_name']),
      ),
      namespace: renamed(
        f.string({ len_min: 0 }),
        ['extra_options', 'namespace'],
        inRedis('namespace', ['extra_options', 'namespace']),
      ),
      scan_count: renamed(
        f.integer(),
        ['extra_options', 'scan_count'],
        inRedis('scan_count', ['extra_options', 'scan_count']),
      ),
    },
  },
);

const consul = f.record(
  {
    https: optionalFlag(false),
    host: hostField,
    port: portField,
    kv_path: f.string(),
    timeout: f.number(),
    token,
  },
  { required: true },
);

const vault = f.record(
  {
    https: optionalFlag(false),
    host: hostField,
    port: portField,
    kv_path: f.string(),
    timeout: f.number(),
    token,
    tls_verify: optionalFlag(true),
    tls_server_name: f.string(),
    auth_method: f.string({ default: 'token', one_of: ['token', 'kubernetes'] }),
    auth_path: f.string(),
    auth_role: f.string(),
    jwt_path: f.string(),
  },
  { required: true },
);

export const acme = knownPlugin({
  name: 'acme',
  priority: 1705,
  forbids: ['consumer', 'service', 'route'],
  config: f.record({
    account_email: f.string({ required: true, ...secret, check: matching(/@/) }),
    account_key: f.record({ key_id: f.string({ required: true }), key_set: f.string() }),
    api_uri: f.string({ check: url, default: 'https://acme-v02.api.letsencrypt.org/directory' }),
    tos_accepted: optionalFlag(false),
    eab_kid: f.string(secret),
    eab_hmac_key: f.string(secret),
    cert_type: f.string({ default: 'rsa', one_of: ['rsa', 'ecc'] }),
    rsa_key_size: f.number({ default: 4096, one_of: [2048, 3072, 4096] }),
    renew_threshold_days: f.number({ default: 14 }),
    domains: f.array(f.string({ check: routeHost })),
    allow_any_domain: optionalFlag(false),
    fail_backoff_minutes: f.number({ default: 5 }),
    storage: f.string({ default: 'shm', one_of: ['kong', 'shm', 'redis', 'consul', 'vault'] }),
    storage_config: f.record(
      {
        shm: f.record({ shm_name: f.string({ default: 'kong' }) }, { required: true }),
        kong: f.record({}, { required: true }),
        redis,
        consul,
        vault,
      },
      { required: true },
    ),
    preferred_chain: f.string(),
    enable_ipv4_common_name: optionalFlag(true),
  }),
  checks: [
    when(
      'config.api_uri',
      { one_of: letsEncrypt },
      'config.tos_accepted',
      { eq: true },
      'terms of service must be accepted, see https://letsencrypt.org/repository/',
    ),
    needs('config.storage', 'redis', 'config.storage_config.redis.host'),
    needs('config.storage', 'redis', 'config.storage_config.redis.port'),
  ],
});

/** Keys that the plugin writes itself must not be taken for those of a namespace. */
function namespace(value: string): string | undefined {
  const reserved = ['kong_acme:renew_config:', 'kong_acme:cert_key:', 'acme:account'];
  const taken = value !== '' && reserved.find((prefix) => value.startsWith(prefix));
  return taken ? `namespace can't be prefixed with reserved word: ${taken}` : undefined;
}
