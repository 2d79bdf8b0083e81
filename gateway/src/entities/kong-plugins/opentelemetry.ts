import { headerName, url } from '../schema/checks.ts';
import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { timeout } from './parts/fields.ts';
import { propagation } from './parts/propagation.ts';
import { deprecated, inPlaceOf, queueOf } from './parts/queue.ts';

const endpoint = f.string({ referenceable: true, check: url });

export const opentelemetry = knownPlugin({
  name: 'opentelemetry',
  priority: 14,
  config: f.record(
    {
      traces_endpoint: endpoint,
      logs_endpoint: endpoint,
      headers: f.map(f.string({ check: headerName }), f.string({ referenceable: true })),
      resource_attributes: f.map(f.string({ required: true }), f.string({ required: true })),
      queue: queueOf(200),
      batch_span_count: f.integer({
        deprecation: inPlaceOf('opentelemetry', 'batch_span_count', 'queue.max_batch_size', 200),
      }),
      batch_flush_delay: f.integer({
        deprecation: inPlaceOf(
          'opentelemetry',
          'batch_flush_delay',
          'queue.max_coalescing_delay',
          3,
        ),
      }),
      connect_timeout: timeout(1000),
      send_timeout: timeout(5000),
      read_timeout: timeout(5000),
      http_response_header_for_traceid: f.string(),
      header_type: f.string({
        default: 'preserve',
        one_of: [
          'preserve',
          'ignore',
          'b3',
          'b3-single',
          'w3c',
          'jaeger',
          'ot',
          'aws',
          'gcp',
          'datadog',
        ],
        deprecation: deprecated(
          'opentelemetry: config.header_type is deprecated, please use config.propagation options instead',
          'preserve',
        ),
      }),
      sampling_rate: f.number({ between: [0, 1] }),
      propagation: propagation('w3c'),
    },
    {
      shorthands: {
        endpoint: {
          field: endpoint,
          translate: (value: unknown) => ({ traces_endpoint: value }),
          deprecation: inPlaceOf('OpenTelemetry', 'endpoint', 'traces_endpoint'),
        },
      },
      checks: [{ at_least_one_of: ['traces_endpoint', 'logs_endpoint'] }],
    },
  ),
});
