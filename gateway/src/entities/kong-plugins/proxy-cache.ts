import { f, type CheckFailure } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { flag, optionalFlag } from './parts/fields.ts';

/** Areas of memory that every Kong has; configurations name the one that holds the cache. */
const dictionaries = [
  'kong',
  'kong_locks',
  'kong_healthchecks',
  'kong_cluster_events',
  'kong_rate_limiting_counters',
  'kong_core_db_cache',
  'kong_core_db_cache_miss',
  'kong_db_cache',
  'kong_db_cache_miss',
  'kong_secrets',
  'prometheus_metrics',
];

export const proxyCache = knownPlugin({
  name: 'proxy-cache',
  priority: 100,
  anyProtocol: true,
  config: f.record({
    response_code: f.array(f.integer({ between: [100, 900] }), {
      required: true,
      default: [200, 301, 404],
      len_min: 1,
    }),
    request_method: f.array(f.string({ one_of: ['HEAD', 'GET', 'POST', 'PATCH', 'PUT'] }), {
      required: true,
      default: ['GET', 'HEAD'],
    }),
    content_type: f.array(f.string(), {
      required: true,
      default: ['text/plain', 'application/json'],
    }),
    cache_ttl: f.integer({ default: 300, gt: 0 }),
    strategy: f.string({ required: true, one_of: ['memory'] }),
    cache_control: flag(false),
    ignore_uri_case: optionalFlag(false),
    storage_ttl: f.integer(),
    memory: f.record(
      { dictionary_name: f.string({ required: true, default: 'kong_db_cache' }) },
      { required: true },
    ),
    vary_query_params: f.array(f.string()),
    vary_headers: f.array(f.string()),
    response_headers: f.record(
      {
        age: optionalFlag(true),
        'X-Cache-Status': optionalFlag(true),
        'X-Cache-Key': optionalFlag(true),
      },
      { required: true },
    ),
  }),
  checks: [{ reads: ['config'], custom: knownDictionary }],
});

function knownDictionary(record: Readonly<Record<string, unknown>>): CheckFailure | undefined {
  const config = record.config as { readonly memory: { readonly dictionary_name: string } };
  const name = config.memory.dictionary_name;
  return dictionaries.includes(name) ? undefined : { message: `missing shared dict '${name}'` };
}
