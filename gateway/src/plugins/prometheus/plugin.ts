import { definePlugin, f } from '../../plugin/plugin.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';

const flag = (description: string) => f.boolean({ default: false, description });

/**
 * Accepted so that configurations written for Kong load. The gateway measures every request anyway
 * and has no phase here; `per_consumer` tells the node whether consumers get a label, and
 * `upstream_health_metrics` whether the health of targets is exposed.
 */
export const prometheus = definePlugin({
  name: 'prometheus',
  summary: 'Says which labels the request metrics carry; the metrics themselves are always there.',
  version: '1.0.0',
  priority: 13,
  protocols: HTTP_PROTOCOLS,
  anyProtocol: true,
  leavesStreamsAlone: true,
  config: f.record(
    {
      per_consumer: flag('Whether requests are also counted by consumer.'),
      status_code_metrics: flag('Requests by status: always measured.'),
      ai_metrics: flag('Has no effect: there are no AI plugins.'),
      latency_metrics: flag('Latencies: always measured.'),
      bandwidth_metrics: flag('Bytes received and sent: always measured.'),
      upstream_health_metrics: flag(
        'Whether the health of upstream targets is exposed on this node.',
      ),
    },
    { required: true },
  ),
  setup: ({ per_consumer }) => ({ countsByConsumer: per_consumer === true }),
});
