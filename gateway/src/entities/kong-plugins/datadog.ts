import { host, matching } from '../schema/checks.ts';
import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { when } from './parts/fields.ts';
import { beforeQueues, queue } from './parts/queue.ts';

const timed = ['latency', 'request_size', 'response_size', 'upstream_latency', 'kong_latency'];
const usual = { tags: ['app:kong'], consumer_identifier: 'custom_id' };

const metric = f.record(
  {
    name: f.string({
      required: true,
      one_of: [
        'kong_latency',
        'latency',
        'request_count',
        'request_size',
        'response_size',
        'upstream_latency',
      ],
    }),
    stat_type: f.string({
      required: true,
      one_of: ['counter', 'gauge', 'histogram', 'meter', 'set', 'timer', 'distribution'],
    }),
    tags: f.array(f.string({ check: matching(/[^:]$/) })),
    sample_rate: f.number({ between: [0, 1] }),
    consumer_identifier: f.string({ one_of: ['consumer_id', 'custom_id', 'username'] }),
  },
  {
    checks: [
      when('stat_type', { one_of: ['counter', 'gauge'] }, 'sample_rate', { required: true }),
    ],
  },
);

export const datadog = knownPlugin({
  name: 'datadog',
  priority: 10,
  anyProtocol: true,
  config: f.record({
    host: f.string({ referenceable: true, default: 'localhost', check: host }),
    port: f.integer({ default: 8125, between: [0, 65_535] }),
    prefix: f.string({ default: 'kong' }),
    service_name_tag: f.string({ default: 'name' }),
    status_tag: f.string({ default: 'status' }),
    consumer_tag: f.string({ default: 'consumer' }),
    ...beforeQueues('datadog'),
    queue,
    metrics: f.array(metric, {
      required: true,
      default: [
        { name: 'request_count', stat_type: 'counter', sample_rate: 1, ...usual },
        ...timed.map((name) => ({ name, stat_type: 'timer', ...usual })),
      ],
    }),
  }),
});
