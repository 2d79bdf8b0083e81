import { matching } from '../schema/checks.ts';
import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { optionalFlag, when } from './parts/fields.ts';
import { beforeQueues, queue } from './parts/queue.ts';

const consumers = ['consumer_id', 'custom_id', 'username'] as const;
const services = ['service_id', 'service_name', 'service_host', 'service_name_or_host'] as const;
const workspaces = ['workspace_id', 'workspace_name'] as const;

const metric = f.record(
  {
    name: f.string({
      required: true,
      one_of: [
        'kong_latency',
        'latency',
        'request_count',
        'request_per_user',
        'request_size',
        'response_size',
        'status_count',
        'status_count_per_user',
        'unique_users',
        'upstream_latency',
        'status_count_per_workspace',
        'status_count_per_user_per_route',
        'shdict_usage',
      ],
    }),
    stat_type: f.string({
      required: true,
      one_of: ['counter', 'gauge', 'histogram', 'meter', 'set', 'timer'],
    }),
    sample_rate: f.number({ gt: 0 }),
    consumer_identifier: f.string({ one_of: consumers }),
    service_identifier: f.string({ one_of: services }),
    workspace_identifier: f.string({ one_of: workspaces }),
  },
  {
    checks: [
      when('stat_type', { one_of: ['counter', 'gauge'] }, 'sample_rate', { required: true }),
    ],
  },
);

const counter = (name: string) => ({ name, stat_type: 'counter', sample_rate: 1 });
const timer = (name: string) => ({ name, stat_type: 'timer' });

export const statsd = knownPlugin({
  name: 'statsd',
  priority: 11,
  anyProtocol: true,
  config: f.record({
    host: f.string({ default: 'localhost' }),
    port: f.integer({ default: 8125, between: [0, 65_535] }),
    prefix: f.string({ default: 'kong' }),
    metrics: f.array(metric, {
      default: [
        counter('request_count'),
        timer('latency'),
        counter('request_size'),
        counter('status_count'),
        counter('response_size'),
        { name: 'unique_users', stat_type: 'set' },
        counter('request_per_user'),
        timer('upstream_latency'),
        timer('kong_latency'),
        counter('status_count_per_user'),
        counter('status_count_per_workspace'),
        counter('status_count_per_user_per_route'),
        { name: 'shdict_usage', stat_type: 'gauge', sample_rate: 1 },
      ],
    }),
    allow_status_codes: f.array(f.string({ check: matching(/^\d+-\d+$/) })),
    udp_packet_size: f.number({ default: 0, between: [0, 65_507] }),
    use_tcp: optionalFlag(false),
    hostname_in_prefix: optionalFlag(false),
    consumer_identifier_default: f.string({
      required: true,
      default: 'custom_id',
      one_of: consumers,
    }),
    service_identifier_default: f.string({
      required: true,
      default: 'service_name_or_host',
      one_of: services,
    }),
    workspace_identifier_default: f.string({
      required: true,
      default: 'workspace_id',
      one_of: workspaces,
    }),
    ...beforeQueues('statsd'),
    tag_style: f.string({ one_of: ['dogstatsd', 'influxdb', 'librato', 'signalfx'] }),
    queue,
  }),
});
