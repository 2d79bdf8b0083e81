import { headerName, path } from '../../plugin/checks.ts';
import { f } from '../../plugin/plugin.ts';
import type { EntityCheck } from '../../plugin/plugin.ts';
import { limitsOutOfOrder, PERIODS, redis, redisShorthands } from '../../plugin/schema-parts.ts';

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
        'Where counters are kept: `local` is in memory that all threads of a node share. `cluster` and `redis` are not supported yet, and refused where the plugin would take effect; the settings of `redis` do nothing.',
    }),
    fault_tolerant: f.boolean({
      required: true,
      default: true,
      description:
        'Whether requests pass uncounted while no counter can be had; otherwise they are answered with 500.',
    }),
    redis,
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
    shorthands: redisShorthands('rate-limiting'),
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
];

function longerPeriodsAllowMore(limits: Readonly<Record<string, unknown>>): string | undefined {
  return limitsOutOfOrder(limits)?.replace('the limit', 'The limit');
}
