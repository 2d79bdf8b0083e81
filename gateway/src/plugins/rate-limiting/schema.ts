import { headerName, path } from '../../plugin/checks.ts';
import { f } from '../../plugin/plugin.ts';
import type { CheckFailure, EntityCheck } from '../../plugin/plugin.ts';
import { PERIODS } from './windows.ts';

const limit = (period: string) =>
  f.number({
    gt: 0,
    description: `Requests in a ${period}. A fraction counts as the next whole number.`,
  });

const NOT_YET = 'Has no effect yet: counters are kept in the memory of each node.';

export const config = f.record(
  {
    second: limit('second'),
    minute: limit('minute'),
    hour: limit('hour'),
    day: limit('day'),
    month: limit('month'),
    year: limit('year'),
    limit_by: f.string({
      default: 'consumer',
      one_of: ['consumer', 'credential', 'ip', 'service', 'header', 'path'],
      description:
        'Whose requests are counted together. Requests that do not have it are counted by client address.',
    }),
    header_name: f.string({
      check: headerName,
      description: 'The header whose value is counted by; needed with `limit_by: header`.',
    }),
    path: f.string({
      check: path,
      description: 'The path whose requests are counted together; needed with `limit_by: path`.',
    }),
    policy: f.string({
      default: 'local',
      len_min: 0,
      one_of: ['local', 'cluster', 'redis'],
      description:
        'Where counters are kept: `local` is in memory that all threads of a node share. `cluster` and `redis` are not supported yet and refused.',
    }),
    fault_tolerant: f.boolean({
      required: true,
      default: true,
      description:
        'Whether requests pass uncounted while no counter can be had; otherwise they are answered with 500.',
    }),
    redis: f.record(
      {
        host: f.string({ description: NOT_YET }),
        port: f.integer({ default: 6379, between: [0, 65535], description: NOT_YET }),
        timeout: f.integer({ default: 2000, between: [0, 2147483646], description: NOT_YET }),
        username: f.string({ referenceable: true, description: NOT_YET }),
        password: f.string({ referenceable: true, len_min: 0, description: NOT_YET }),
        database: f.integer({ default: 0, description: NOT_YET }),
        ssl: f.boolean({ default: false, description: NOT_YET }),
        ssl_verify: f.boolean({ default: false, description: NOT_YET }),
        server_name: f.string({ description: NOT_YET }),
      },
      { required: true, description: 'The Redis server of `policy: redis`.' },
    ),
    hide_client_headers: f.boolean({
      required: true,
      default: false,
      description:
        'Whether to keep limits from clients: no `RateLimit-*` and `Retry-After` headers.',
    }),
    error_code: f.number({
      default: 429,
      gt: 0,
      description: 'Status of the answer to a request over its limit.',
    }),
    error_message: f.string({
      default: 'API rate limit exceeded',
      description: 'Message of that answer.',
    }),
    sync_rate: f.number({ required: true, default: -1, description: NOT_YET }),
  },
  {
    required: true,
    check: longerPeriodsAllowMore,
    shorthands: {
      redis_host: redisShorthand('host', f.string()),
      redis_port: redisShorthand('port', f.integer()),
      redis_password: redisShorthand('password', f.string({ len_min: 0 })),
      redis_username: redisShorthand('username', f.string()),
      redis_ssl: redisShorthand('ssl', f.boolean()),
      redis_ssl_verify: redisShorthand('ssl_verify', f.boolean()),
      redis_server_name: redisShorthand('server_name', f.string()),
      redis_timeout: redisShorthand('timeout', f.integer()),
      redis_database: redisShorthand('database', f.integer()),
    },
  },
);

const redisNeeds = (name: string): EntityCheck => ({
  conditional: {
    if_field: 'config.policy',
    if_match: { eq: 'redis' },
    then_field: `config.redis.${name}`,
    then_match: { required: true },
  },
});

const limitByNeeds = (kind: string, name: string): EntityCheck => ({
  conditional: {
    if_field: 'config.limit_by',
    if_match: { eq: kind },
    then_field: `config.${name}`,
    then_match: { required: true },
  },
});

export const checks: readonly EntityCheck[] = [
  { at_least_one_of: PERIODS.map((period) => `config.${period}`) },
  redisNeeds('host'),
  redisNeeds('port'),
  redisNeeds('timeout'),
  limitByNeeds('header', 'header_name'),
  limitByNeeds('path', 'path'),
  { custom: onlyLocalPolicy, reads: ['config.policy'] },
];

function onlyLocalPolicy(entity: Readonly<Record<string, unknown>>): CheckFailure | undefined {
  const policy = (entity['config'] as { policy?: unknown } | null | undefined)?.policy;
  if (policy !== 'cluster' && policy !== 'redis') return undefined;
  return {
    field: 'config.policy',
    message: `policy '${policy}' is not supported yet: use 'local', which counts on each node by itself`,
    unsupported: true,
  };
}

function longerPeriodsAllowMore(limits: Readonly<Record<string, unknown>>): string | undefined {
  for (const [i, shorter] of PERIODS.entries()) {
    const low = limits[shorter];
    if (typeof low !== 'number') continue;
    for (const longer of PERIODS.slice(i + 1)) {
      const high = limits[longer];
      if (typeof high !== 'number' || high >= low) continue;
      return `The limit for ${longer}(${high.toFixed(1)}) cannot be lower than the limit for ${shorter}(${low.toFixed(1)})`;
    }
  }
  return undefined;
}

function redisShorthand<
  F extends ReturnType<typeof f.string | typeof f.integer | typeof f.boolean>,
>(name: string, field: F) {
  return {
    field,
    translate: (value: unknown) => ({ [`redis.${name}`]: value }),
    replaced_with: [['redis', name]],
  };
}
