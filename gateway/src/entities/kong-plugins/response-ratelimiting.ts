import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { flag, needs } from './parts/fields.ts';
import { limitsOutOfOrder, PERIODS } from './parts/limits.ts';
import { redis, redisShorthands } from './parts/redis.ts';

const name = 'response-ratelimiting';

const limit = f.record(Object.fromEntries(PERIODS.map((period) => [period, f.number({ gt: 0 })])), {
  required: true,
  check: limitsOutOfOrder,
  checks: [{ at_least_one_of: PERIODS }],
});

export const responseRatelimiting = knownPlugin({
  name,
  priority: 900,
  config: f.record(
    {
      header_name: f.string({ default: 'x-kong-limit' }),
      limit_by: f.string({ default: 'consumer', one_of: ['consumer', 'credential', 'ip'] }),
      policy: f.string({ default: 'local', one_of: ['local', 'cluster', 'redis'] }),
      fault_tolerant: flag(true),
      redis,
      block_on_first_violation: flag(false),
      hide_client_headers: flag(false),
      limits: f.map(f.string(), limit, { required: true, len_min: 1 }),
    },
    { shorthands: redisShorthands(name) },
  ),
  checks: [
    needs('config.policy', 'redis', 'config.redis.host'),
    needs('config.policy', 'redis', 'config.redis.port'),
    needs('config.policy', 'redis', 'config.redis.timeout'),
  ],
});
