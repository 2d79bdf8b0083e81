import { defineEntity, type EntityOf } from './definition.ts';
import * as checks from './schema/checks.ts';
import * as common from './schema/common-fields.ts';
import { f } from './schema/field.ts';
import { parseHost } from './schema/host.ts';
import { healthchecks } from './upstream-healthchecks.ts';
import { hashRules, hashSources } from './upstream-hashing.ts';

const hashSource = f.string({ default: 'none', one_of: hashSources });

export const upstream = defineEntity({
  name: 'upstreams',
  singular: 'upstream',
  endpointKey: 'name',
  fields: {
    id: common.id,
    created_at: common.created_at,
    name: f.string({
      required: true,
      unique: true,
      check: upstreamName,
      description: 'The host by which services refer to it.',
    }),
    updated_at: common.updated_at,
    algorithm: f.string({
      default: 'round-robin',
      one_of: ['consistent-hashing', 'least-connections', 'round-robin', 'latency'],
    }),
    hash_on: hashSource,
    hash_fallback: hashSource,
    hash_on_header: f.string({ check: checks.headerName }),
    hash_fallback_header: f.string({ check: checks.headerName }),
    hash_on_cookie: f.string({ check: checks.cookieName }),
    hash_on_cookie_path: common.rootPath,
    hash_on_query_arg: f.string(),
    hash_fallback_query_arg: f.string(),
    hash_on_uri_capture: f.string(),
    hash_fallback_uri_capture: f.string(),
    slots: f.integer({ default: 10_000, between: [10, 65_536] }),
    healthchecks,
    tags: common.tags,
    host_header: f.string({ check: checks.hostWithOptionalPort }),
    client_certificate: f.foreign('certificates', { on_delete: 'restrict' }),
    use_srv_name: f.boolean({ default: false }),
  },
  checks: hashRules,
  prepare: withMatchingAlgorithm,
});

export type Upstream = EntityOf<typeof upstream>;

function upstreamName(name: string): string | undefined {
  const parsed = parseHost(name);
  if (typeof parsed === 'string') return `Invalid name ('${name}'); must be a valid hostname`;
  if (parsed.kind !== 'name') return `Invalid name ('${name}'); no ip addresses allowed`;
  return parsed.port === null ? undefined : `Invalid name ('${name}'); no port allowed`;
}

/** `algorithm` came later than `hash_on`: each of the two, when given, decides about the other. */
function withMatchingAlgorithm(input: Readonly<Record<string, unknown>>): typeof input {
  const { algorithm, hash_on: hashOn } = input;
  if (algorithm === 'least-connections' || algorithm === 'latency') {
    return hashOn == null || hashOn === 'none' ? input : { ...input, hash_on: 'none' };
  }
  const hashes = hashOn != null && hashOn !== 'none';
  if (hashes) return { ...input, algorithm: 'consistent-hashing' };
  return algorithm === 'consistent-hashing' ? { ...input, algorithm: 'round-robin' } : input;
}
