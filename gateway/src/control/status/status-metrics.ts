import type { CounterUsage } from '../../shm/counter-memory.ts';
import type { HealthUsage } from '../../shm/target-health.ts';
import type { NodeMetric, NodeSample } from '../../telemetry/exposition-text.ts';
import type { MetricsCollector } from '../../telemetry/exposition.ts';
import type { ThreadCell } from '../../telemetry/thread-totals.ts';
import { COUNTER_SLOT_BYTES, connectionsOf } from './status-report.ts';
import type { NodeStatus, ThreadStatus } from './status-source.ts';

/** Metrics of the node as a whole, Kong's names first. */
export function nodeMetrics(
  status: NodeStatus,
  collector: MetricsCollector,
  { counters, health }: { readonly counters: CounterUsage; readonly health: HealthUsage },
): NodeMetric[] {
  return [
    ...kongMetrics(status, collector, counters),
    ...connectionMetrics(collector),
    ...threadMetrics(status, collector),
    ...configurationMetrics(status),
    ...storeMetrics(status),
    ...certificateMetrics(status),
    ...lossMetrics(collector, counters),
    ...healthMetrics(health),
    ...processMetrics(status),
  ];
}

function kongMetrics(
  { nodeId, version }: NodeStatus,
  collector: MetricsCollector,
  counters: CounterUsage,
): NodeMetric[] {
  const node = { node_id: nodeId };
  const { accepted, active, writing, waiting } = connectionsOf(collector);
  const states = { accepted, handled: accepted, active, reading: 0, writing, waiting };
  const dictionary = { ...node, shared_dict: 'sluice_counters', kong_subsystem: 'http' };
  return [
    gauge('kong_node_info', 'Node and version', [{ labels: { ...node, version }, value: 1 }]),
    gauge(
      'kong_nginx_connections_total',
      'Client connections by state',
      Object.entries(states).map(([state, value]) => ({
        labels: { ...node, subsystem: 'http', state },
        value,
      })),
    ),
    counter('kong_nginx_requests_total', 'Requests', [
      { labels: { ...node, subsystem: 'http' }, value: collector.total('requests') },
    ]),
    gauge(
      'kong_memory_workers_lua_vms_bytes',
      'Heap in use by a proxy thread',
      [...collector.byThread('heapUsed')].map(([thread, value]) => ({
        labels: { ...node, pid: `${process.pid}-${thread}`, kong_subsystem: 'http' },
        value,
      })),
    ),
    gauge('kong_memory_lua_shared_dict_bytes', 'Shared memory in use', [
      { labels: dictionary, value: counters.used * COUNTER_SLOT_BYTES },
    ]),
    gauge('kong_memory_lua_shared_dict_total_bytes', 'Shared memory', [
      { labels: dictionary, value: counters.slots * COUNTER_SLOT_BYTES },
    ]),
  ];
}

function connectionMetrics(collector: MetricsCollector): NodeMetric[] {
  const { writing, waiting } = connectionsOf(collector);
  const open = collector.total('upstreamOpen');
  const idle = collector.total('upstreamIdle');
  const of = (side: string, state: string, value: number) => ({ labels: { side, state }, value });
  return [
    gauge('sluice_connections', 'Open connections by side and whether a request is under way', [
      of('client', 'active', writing),
      of('client', 'idle', waiting),
      of('upstream', 'active', Math.max(0, open - idle)),
      of('upstream', 'idle', idle),
    ]),
    gauge('sluice_websockets', 'Open WebSockets', [total(collector, 'webSocketsOpen')]),
    gauge('sluice_stream_sessions', 'Streams that are open', [total(collector, 'sessionsOpen')]),
    counter('sluice_upstream_retries_total', 'Attempts on upstream targets after the first', [
      total(collector, 'retries'),
    ]),
    counter('sluice_aborted_requests_total', 'Requests cut short, by who cut them', [
      { ...total(collector, 'abortedByClient'), labels: { by: 'client' } },
      { ...total(collector, 'abortedByUpstream'), labels: { by: 'upstream' } },
    ]),
  ];
}

function threadMetrics({ threads }: NodeStatus, collector: MetricsCollector): NodeMetric[] {
  const states: readonly ThreadStatus['state'][] = ['starting', 'running', 'draining'];
  return [
    gauge(
      'sluice_threads',
      'Proxy threads by state',
      states.map((state) => ({
        labels: { state },
        value: threads.filter((thread) => thread.state === state).length,
      })),
    ),
    counter(
      'sluice_thread_restarts_total',
      'Proxy threads replaced after a failure',
      threads.map(({ index, restarts }) => ({ labels: { thread: `${index}` }, value: restarts })),
    ),
    counter(
      'sluice_thread_busy_seconds_total',
      'Time that a proxy thread worked rather than waited',
      [...collector.byThread('busySeconds')].map(([thread, value]) => ({
        labels: { thread: `${thread}` },
        value,
      })),
    ),
  ];
}

function configurationMetrics(status: NodeStatus): NodeMetric[] {
  const { served, lastReload, lastSuccess, reloadFailures } = status;
  return [
    gauge(
      'sluice_configuration_revision',
      'Revision that every proxy thread serves',
      served === null ? [] : [plain(served.revision)],
    ),
    gauge(
      'sluice_configuration_last_reload_successful',
      'Whether the last configuration offered was taken',
      lastReload === null ? [] : [plain(lastReload.ok ? 1 : 0)],
    ),
    gauge(
      'sluice_configuration_last_success_timestamp_seconds',
      'When a configuration was last taken, s since the epoch',
      lastSuccess === null ? [] : [plain(lastSuccess / 1000)],
    ),
    counter('sluice_configuration_reload_failures_total', 'Configurations refused', [
      plain(reloadFailures),
    ]),
  ];
}

/** Of nodes whose configuration lives in a store. */
function storeMetrics({ store }: NodeStatus): NodeMetric[] {
  return [
    gauge(
      'sluice_store_reachable',
      'Whether the store of the configuration can be reached',
      store === null ? [] : [plain(store.reachable ? 1 : 0)],
    ),
    gauge(
      'sluice_store_revision',
      'Newest revision of the store that the node knows of',
      store === null ? [] : [plain(store.revision)],
    ),
    gauge(
      'sluice_store_last_sync_timestamp_seconds',
      'When the node last had all that the store had, s since the epoch',
      store?.lastSync == null ? [] : [plain(store.lastSync / 1000)],
    ),
    gauge(
      'sluice_store_foreign',
      'Whether the database holds another store than the one that is served',
      store === null ? [] : [plain(store.foreign ? 1 : 0)],
    ),
    gauge(
      'sluice_store_snapshot_in_use',
      'Whether the node started from its copy on disk and the store is still away',
      store === null ? [] : [plain(store.source === 'snapshot' ? 1 : 0)],
    ),
  ];
}

function certificateMetrics({ certificates }: NodeStatus): NodeMetric[] {
  return [
    gauge(
      'sluice_certificate_expiry_timestamp_seconds',
      'When a certificate that the node shows ceases to be valid, s since the epoch',
      certificates.map(({ where, source, names, keyType, expires }) => ({
        labels: { where, source, names, key_type: keyType },
        value: expires / 1000,
      })),
    ),
    gauge(
      'sluice_certificate_files_in_use',
      'Whether the files of certificates are in use as they are now',
      [...new Set(certificates.map(({ where }) => where))]
        .filter((where) => where !== 'configuration')
        .map((where) => ({
          labels: { where },
          value: certificates.some((one) => one.where === where && one.problem !== null) ? 0 : 1,
        })),
    ),
  ];
}

/** Places that ran out, and what was lost by it. */
function lossMetrics(collector: MetricsCollector, counters: CounterUsage): NodeMetric[] {
  return [
    counter('sluice_log_lines_dropped_total', 'Access lines that could not be written', [
      total(collector, 'logLinesDropped'),
    ]),
    counter(
      'sluice_metric_series_overflow_total',
      'Times that a label set found no series left and was counted under overflow',
      [total(collector, 'seriesOverflow')],
    ),
    gauge('sluice_counter_slots', 'Slots of the table of rate-limit counters', [
      plain(counters.slots),
    ]),
    gauge('sluice_counter_slots_used', 'Slots whose window is not over', [plain(counters.used)]),
    counter('sluice_counter_table_full_total', 'Requests for which no counter slot was left', [
      plain(counters.full),
    ]),
  ];
}

function healthMetrics({ slots, used, full }: HealthUsage): NodeMetric[] {
  return [
    gauge('sluice_health_slots', 'Slots of the table of target health', [plain(slots)]),
    gauge('sluice_health_slots_used', 'Slots that hold the health of an address', [plain(used)]),
    counter('sluice_health_table_full_total', 'Times that an address found no health slot', [
      plain(full),
    ]),
  ];
}

function processMetrics({ startedAt }: NodeStatus): NodeMetric[] {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  return [
    counter('process_cpu_seconds_total', 'Processor time of all threads', [
      plain((userCPUTime + systemCPUTime) / 1e6),
    ]),
    gauge('process_resident_memory_bytes', 'Resident memory of all threads', [
      plain(process.memoryUsage.rss()),
    ]),
    gauge('process_start_time_seconds', 'When the process began, s since the epoch', [
      plain(startedAt / 1000),
    ]),
  ];
}

function gauge(name: string, help: string, samples: readonly NodeSample[]): NodeMetric {
  return { name, type: 'gauge', help, samples };
}

function counter(name: string, help: string, samples: readonly NodeSample[]): NodeMetric {
  return { name, type: 'counter', help, samples };
}

function plain(value: number): NodeSample {
  return { labels: {}, value };
}

function total(collector: MetricsCollector, cell: ThreadCell): NodeSample {
  return plain(collector.total(cell));
}
