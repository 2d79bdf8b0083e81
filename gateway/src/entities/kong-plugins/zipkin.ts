import { url } from '../schema/checks.ts';
import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { flag, timeout } from './parts/fields.ts';
import { propagation } from './parts/propagation.ts';
import { deprecated, inPlaceOf, queue } from './parts/queue.ts';

const formats = ['b3', 'b3-single', 'w3c', 'jaeger', 'ot', 'aws', 'datadog', 'gcp'] as const;

/** Tags that every span has. */
const taken = [
  'error',
  'http.method',
  'http.path',
  'http.status_code',
  'kong.balancer.state',
  'kong.balancer.try',
  'kong.consumer',
  'kong.credential',
  'kong.node.id',
  'kong.route',
  'kong.service',
  'lc',
  'peer.hostname',
];

export const zipkin = knownPlugin({
  name: 'zipkin',
  priority: 100_000,
  anyProtocol: true,
  config: f.record({
    local_service_name: f.string({ required: true, default: 'kong' }),
    http_endpoint: f.string({ check: url }),
    sample_ratio: f.number({ default: 0.001, between: [0, 1] }),
    default_service_name: f.string(),
    include_credential: flag(true),
    traceid_byte_count: f.integer({ required: true, default: 16, one_of: [8, 16] }),
    header_type: f.string({
      required: true,
      default: 'preserve',
      one_of: ['preserve', 'ignore', ...formats],
      deprecation: deprecated(
        'zipkin: config.header_type is deprecated, please use config.propagation options instead',
        'preserve',
      ),
    }),
    default_header_type: f.string({
      required: true,
      default: 'b3',
      one_of: formats,
      deprecation: inPlaceOf('zipkin', 'default_header_type', 'propagation.default_format', 'b3'),
    }),
    tags_header: f.string({ required: true, default: 'Zipkin-Tags' }),
    static_tags: f.array(
      f.record({
        name: f.string({ required: true, not_one_of: taken }),
        value: f.string({ required: true }),
      }),
      { check: eachOnce },
    ),
    http_span_name: f.string({
      required: true,
      default: 'method',
      one_of: ['method', 'method_path'],
    }),
    connect_timeout: timeout(2000),
    send_timeout: timeout(5000),
    read_timeout: timeout(5000),
    http_response_header_for_traceid: f.string(),
    phase_duration_flavor: f.string({
      required: true,
      default: 'annotations',
      one_of: ['annotations', 'tags'],
    }),
    queue,
    propagation: propagation('b3'),
  }),
});

function eachOnce(tags: readonly unknown[]): string | undefined {
  const seen = new Set<unknown>();
  for (const tag of tags) {
    const name = (tag as { readonly name?: unknown } | null)?.name;
    if (typeof name !== 'string') continue;
    if (seen.has(name)) return `repeated tags are not allowed: ${name}`;
    seen.add(name);
  }
  return undefined;
}
