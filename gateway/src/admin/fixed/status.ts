import { readByteFormat } from '../../control/status/byte-format.ts';
import { METRICS_CONTENT_TYPE } from '../../telemetry/exposition-text.ts';
import { AdminError, type Endpoint } from '../endpoint.ts';
import { refusing } from './operations.ts';
import type { FixedParts } from './parts.ts';

/** State and metrics of the node, the same as on the status listener. */
export function statusEndpoints({ node }: FixedParts): Endpoint[] {
  return [
    {
      path: '/status',
      methods: {
        GET: {
          summary: 'Tell how the node is',
          describes: { query: byteFormat },
          handle: ({ query }) => {
            const format = readByteFormat(query.get('unit'), query.get('scale'));
            if (typeof format === 'string') throw new AdminError(400, { message: format });
            return { status: 200, body: node.reports.status(format) };
          },
        },
      },
    },
    {
      path: '/status/dns',
      methods: {
        GET: refusing(
          "Kong's statistics of its own DNS client",
          501,
          'not implemented with the legacy DNS client',
        ),
      },
    },
    {
      path: '/metrics',
      methods: {
        GET: {
          summary: 'Expose metrics to Prometheus',
          describes: { answer: { status: 200, type: 'text/plain' } },
          handle: () => ({
            status: 200,
            stream: node.reports.metrics(),
            headers: { 'Content-Type': METRICS_CONTENT_TYPE },
          }),
        },
      },
    },
  ];
}

const byteFormat = {
  unit: {
    type: 'string',
    enum: ['b', 'k', 'm', 'g'],
    default: 'm',
    description: 'In what memory is measured.',
  },
  scale: { type: 'integer', minimum: 0, default: 2, description: 'Decimals of such amounts.' },
};
