import { formatListen } from '../../settings/listen-kinds.ts';
import type { CounterUsage } from '../../shm/counter-memory.ts';
import type { MetricsCollector } from '../../telemetry/exposition.ts';
import { type ByteFormat, formatBytes } from './byte-format.ts';
import type { NodeStatus, StoreStatus } from './status-source.ts';

/** Bytes of one counter slot. */
export const COUNTER_SLOT_BYTES = 16;

/** Hash of a node without a configuration, as Kong gives it. */
const NO_HASH = '0'.repeat(32);

export interface Connections {
  readonly accepted: number;
  readonly active: number;
  /** With a request or a stream under way, and without. */
  readonly writing: number;
  readonly waiting: number;
}

export function connectionsOf(collector: MetricsCollector): Connections {
  const active = collector.total('connectionsOpen');
  const busy = collector.total('requestsInFlight') + collector.total('sessionsOpen');
  // Sampled, so it may be of a moment at which more were open.
  const writing = Math.min(busy, active);
  return {
    accepted: collector.total('connectionsAccepted'),
    active,
    writing,
    waiting: active - writing,
  };
}

/** Memory that Kong reports by these names and Sluice has no need of: clients look for them. */
const unusedDicts = [
  'kong',
  'kong_cluster_events',
  'kong_core_db_cache',
  'kong_core_db_cache_miss',
  'kong_db_cache',
  'kong_db_cache_miss',
  'kong_healthchecks',
  'kong_locks',
  'kong_secrets',
];

/** Body of `/status`. `server`, `memory` and `database` have the fields of Kong. */
export function statusReport(
  status: NodeStatus,
  collector: MetricsCollector,
  counters: CounterUsage,
  format: ByteFormat,
): object {
  const connections = connectionsOf(collector);
  const { lastReload } = status;
  return {
    version: status.version,
    node_id: status.nodeId,
    uptime: Math.floor((Date.now() - status.startedAt) / 1000),
    listen: status.listen.map(formatListen),
    stream_listen: status.streamListen.map(formatListen),
    admin_listen: status.adminListen.map(formatListen),
    status_listen: status.statusListen.map(formatListen),
    revision: status.served?.revision ?? 0,
    configuration_hash: status.served?.hash ?? NO_HASH,
    pending_revision: status.pendingRevision,
    threads: status.threads,
    last_reload: lastReload && { ...lastReload, time: new Date(lastReload.time).toISOString() },
    server: {
      connections_accepted: connections.accepted,
      connections_handled: connections.accepted,
      connections_active: connections.active,
      connections_reading: 0,
      connections_writing: connections.writing,
      connections_waiting: connections.waiting,
      total_requests: collector.total('requests'),
    },
    memory: {
      resident: formatBytes(process.memoryUsage.rss(), format),
      workers_lua_vms: [...collector.byThread('heapUsed')].map(([thread, bytes]) => ({
        http_allocated_gc: formatBytes(bytes, format),
        pid: process.pid,
        thread,
      })),
      lua_shared_dicts: sharedMemory(collector, counters, format),
    },
    ...(status.store === null ? {} : storeReport(status.store)),
    certificates: status.certificates.map(
      ({ where, source, names, keyType, expires, problem }) => ({
        where,
        source,
        names,
        key_type: keyType,
        expires: new Date(expires).toISOString(),
        problem,
      }),
    ),
    warnings: status.warnings,
  };
}

function storeReport({ since, lastSync, ...store }: StoreStatus): object {
  const { reachable, problem } = store;
  return {
    database: { reachable, problem },
    store: {
      ...store,
      since: new Date(since).toISOString(),
      last_sync: lastSync === null ? null : new Date(lastSync).toISOString(),
    },
  };
}

function sharedMemory(
  collector: MetricsCollector,
  counters: CounterUsage,
  format: ByteFormat,
): object {
  const dict = (used: number, capacity: number) => ({
    allocated_slabs: formatBytes(used, format),
    capacity: formatBytes(capacity, format),
  });
  const ofCounters = dict(counters.used * COUNTER_SLOT_BYTES, counters.slots * COUNTER_SLOT_BYTES);
  const { used, capacity } = collector.memory();
  return {
    ...Object.fromEntries(unusedDicts.map((name) => [name, dict(0, 0)])),
    kong_rate_limiting_counters: ofCounters,
    prometheus_metrics: dict(used, capacity),
    sluice_counters: ofCounters,
  };
}
