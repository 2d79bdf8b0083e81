import { CAN_SHARE_PORT } from '../../proxy/net/port-sharing.ts';
import type { NodeSettings } from '../../settings/node-settings.ts';
import { createMetricMemory } from '../../shm/metric-block.ts';
import type { ThreadSeed } from '../../snapshot/messages.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { MetricsCollector } from '../../telemetry/exposition.ts';
import { metricCells } from '../../telemetry/series-allocator.ts';
import type { GatewayLog } from '../gateway-log.ts';
import type { Publisher } from './publisher.ts';
import { ThreadPool } from './threads.ts';

const workerEntry = new URL(
  import.meta.url.endsWith('.ts') ? '../../proxy/worker.ts' : '../../proxy/worker.js',
  import.meta.url,
);

/** What the threads of a node are started with. */
export interface ThreadsParts {
  /** Those of the node, with the addresses that its listeners really have. */
  readonly settings: NodeSettings;
  readonly log: GatewayLog;
  readonly publisher: Publisher<Snapshot>;
  readonly collector: MetricsCollector;
  /** What a thread gets besides; asked for whenever one starts, also in place of another. */
  readonly seed: () => Pick<ThreadSeed, 'counters' | 'health' | 'nodeId' | 'tls' | 'upstreamTls'>;
}

/** Starts the proxy threads of a node: as many as are wanted, where they can share their ports. */
export function startThreads(parts: ThreadsParts): ThreadPool<Snapshot> {
  const { log, publisher, collector } = parts;
  const { workers, drainTimeout, metricsMaxSeries } = parts.settings;
  if (workers > 1 && !CAN_SHARE_PORT) {
    log.warn('one proxy thread only: on this system threads cannot share a port');
  }
  // Threads have no use for what leads to the store.
  const settings = { ...parts.settings, database: null };
  return new ThreadPool<Snapshot>(CAN_SHARE_PORT ? workers : 1, {
    entry: workerEntry,
    publisher,
    log,
    drainTimeout,
    reusePort: CAN_SHARE_PORT,
    seed: (threadIndex) => {
      const metrics = createMetricMemory(metricCells(metricsMaxSeries));
      const seed = { threadIndex, settings, metrics, ...parts.seed() };
      collector.attach(seed);
      return seed;
    },
    onSeries: (thread, message) => collector.receive(thread, message),
    onEnded: (thread) => collector.retire(thread),
  });
}
