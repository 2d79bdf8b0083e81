import { getHeapStatistics } from 'node:v8';
import type { MetricBlock } from '../shm/metric-block.ts';
import type { SessionRecord } from './session-record.ts';
import type { ExchangeRecord } from './exchange-record.ts';
import {
  type MetricFamily,
  gatewayAnswersFamily,
  handshakeFailuresFamily,
  handshakesFamily,
  http2FailuresFamily,
  peerCallsFamily,
  peerFallbacksFamily,
  pluginErrorsFamily,
  proxyHeaderFailuresFamily,
  webSocketEndsFamily,
  sessionEndsFamily,
} from './metric-families.ts';
import { RouteCells } from './route-cells.ts';
import type { NewSeries } from '../snapshot/messages.ts';
import { SeriesAllocator } from './series-allocator.ts';
import { THREAD_CELLS } from './thread-totals.ts';

/** Where one route's series live in this thread's block of metric cells. */
export interface RouteSeries {
  readonly service: string;
  readonly route: string;
}

/** Counts the WebSockets of one route, and what passes in them. */
export interface WebSocketCounts {
  opened(): void;
  closed(): void;
  /** Bytes from the client, in which so many messages ended. */
  received(bytes: number, messages: number): void;
  /** The same towards the client. */
  sent(bytes: number, messages: number): void;
}

/** Counts finished exchanges of one thread. Cheap enough for every request. */
export interface RequestMetrics {
  /** Labels as Kong's: service by name or host, route by name or id. Empty strings where there is none. */
  series(service: string, route: string): RouteSeries;
  count(series: RouteSeries, record: ExchangeRecord): void;
  /** Where the WebSockets of a route are counted while they are open. */
  webSockets(series: RouteSeries): WebSocketCounts;
  sessionOpened(): void;
  sessionEnded(series: RouteSeries, record: SessionRecord): void;
  /** Gauges and totals of this thread that are not tied to a request. */
  connectionOpened(): void;
  connectionClosed(): void;
  /** A handler of this plugin threw. */
  pluginFailed(plugin: string): void;
  /** A plugin asked a server, which is named by host and port. */
  peerAsked(plugin: string, peer: string, outcome: string): void;
  /** A plugin decided a request without that server. */
  decidedWithout(plugin: string, peer: string, decision: string): void;
  /**
   * A client has shaken hands.
   *
   * @param version `TLSv1.3`
   * @param serverName whether it named a server, and one that there is a certificate for
   */
  handshakeDone(version: string, resumed: boolean, serverName: 'none' | 'known' | 'unknown'): void;
  handshakeFailed(reason: string): void;
  /** A connection of HTTP/2 was closed for what the client did. */
  http2Failed(reason: string): void;
  /** A connection did not begin as the PROXY protocol wants it. */
  proxyHeaderFailed(reason: string): void;
}

/** What a thread measures at times rather than as it happens. */
export interface ThreadGauges {
  /** Connections to upstreams, and those of them that wait for a request. */
  readonly upstreamOpen: number;
  readonly upstreamIdle: number;
  /** Requests that have begun and not ended. */
  readonly requestsInFlight: number;
  /** Access lines dropped since the thread began. */
  readonly logLinesDropped: number;
}

export interface ThreadMetrics extends RequestMetrics {
  /** Whether requests and bytes are counted by consumer from now on. */
  setPerConsumer(on: boolean): void;
  /** Notes the gauges, the size of the heap and how busy the thread was. For about once a second. */
  sample(gauges: ThreadGauges): void;
}

export interface RequestMetricsOptions {
  /** Most series of each family, at least 1. */
  readonly maxSeries: number;
  readonly perConsumer: boolean;
}

/**
 * Makes the metrics of one proxy thread.
 *
 * @param block fresh block of `metricCells(maxSeries)` cells
 * @param post tells the control thread of each new series
 */
export function createRequestMetrics(
  block: MetricBlock,
  post: (message: NewSeries) => void,
  options: RequestMetricsOptions,
): ThreadMetrics {
  return new CellMetrics(new SeriesAllocator(block, options.maxSeries, post), options.perConsumer);
}

class CellMetrics implements ThreadMetrics {
  readonly #allocator: SeriesAllocator;
  readonly #cells: Float64Array;
  readonly #routes = new Map<string, RouteCells>();
  readonly #reasons = new Map<string, number>();
  readonly #sessionEnds = new Map<string, number>();
  readonly #plugins = new Map<string, number>();
  readonly #peerCalls = new Map<string, number>();
  readonly #peerFallbacks = new Map<string, number>();
  readonly #handshakes = new Map<string, number>();
  readonly #handshakeFailures = new Map<string, number>();
  readonly #http2Failures = new Map<string, number>();
  readonly #proxyHeaderFailures = new Map<string, number>();
  readonly #webSocketEnds = new Map<string, number>();
  #perConsumer: boolean;

  constructor(allocator: SeriesAllocator, perConsumer: boolean) {
    this.#allocator = allocator;
    this.#cells = allocator.cells;
    this.#perConsumer = perConsumer;
  }

  series(service: string, route: string): RouteSeries {
    // Route and service of a new configuration go on with the series that they had.
    const key = JSON.stringify([service, route]);
    let cells = this.#routes.get(key);
    if (cells === undefined) {
      cells = new RouteCells(this.#allocator, service, route);
      this.#routes.set(key, cells);
    }
    return cells;
  }

  count(series: RouteSeries, record: ExchangeRecord): void {
    // The only kind of series that `series()` makes.
    const route = series as RouteCells;
    const cells = this.#cells;
    const fromUpstream = record.source === 'upstream';
    const requests = this.#perConsumer ? route.consumerOf(record) : route;
    requests.count(record.status, fromUpstream, record.bytesIn, record.bytesOut);
    route.observe(record.totalMs, record.upstreamMs, record.gatewayMs);
    cells[THREAD_CELLS.requests]!++;
    if (record.tries > 1) cells[THREAD_CELLS.retries]! += record.tries - 1;
    if (record.aborted === 'client') cells[THREAD_CELLS.abortedByClient]!++;
    else if (record.aborted === 'upstream') cells[THREAD_CELLS.abortedByUpstream]!++;
    if (!fromUpstream && record.reason !== null) {
      this.#countBy(this.#reasons, gatewayAnswersFamily, record.reason);
    }
    const { webSocket, grpcStatus } = record;
    if (grpcStatus !== -1) route.grpc.count(grpcStatus, fromUpstream);
    if (webSocket !== null) {
      this.#countBy(this.#webSocketEnds, webSocketEndsFamily, webSocket.endedBy);
    }
  }

  webSockets(series: RouteSeries): WebSocketCounts {
    return (series as RouteCells).webSockets;
  }

  sessionOpened(): void {
    this.#cells[THREAD_CELLS.sessionsOpen]!++;
  }

  sessionEnded(series: RouteSeries, record: SessionRecord): void {
    const cells = this.#cells;
    (series as RouteCells).countSession(record);
    cells[THREAD_CELLS.sessionsOpen]!--;
    if (record.tries > 1) cells[THREAD_CELLS.retries]! += record.tries - 1;
    this.#countBy(this.#sessionEnds, sessionEndsFamily, record.reason, record.endedBy);
  }

  connectionOpened(): void {
    this.#cells[THREAD_CELLS.connectionsAccepted]!++;
    this.#cells[THREAD_CELLS.connectionsOpen]!++;
  }

  connectionClosed(): void {
    this.#cells[THREAD_CELLS.connectionsOpen]!--;
  }

  pluginFailed(plugin: string): void {
    this.#countBy(this.#plugins, pluginErrorsFamily, plugin);
  }

  peerAsked(plugin: string, peer: string, outcome: string): void {
    this.#countBy(this.#peerCalls, peerCallsFamily, plugin, peer, outcome);
  }

  decidedWithout(plugin: string, peer: string, decision: string): void {
    this.#countBy(this.#peerFallbacks, peerFallbacksFamily, plugin, peer, decision);
  }

  handshakeDone(version: string, resumed: boolean, serverName: string): void {
    const again = resumed ? 'yes' : 'no';
    this.#countBy(this.#handshakes, handshakesFamily, version, again, serverName);
  }

  handshakeFailed(reason: string): void {
    this.#countBy(this.#handshakeFailures, handshakeFailuresFamily, reason);
  }

  http2Failed(reason: string): void {
    this.#countBy(this.#http2Failures, http2FailuresFamily, reason);
  }

  proxyHeaderFailed(reason: string): void {
    this.#countBy(this.#proxyHeaderFailures, proxyHeaderFailuresFamily, reason);
  }

  setPerConsumer(on: boolean): void {
    this.#perConsumer = on;
  }

  sample(gauges: ThreadGauges): void {
    const cells = this.#cells;
    const heap = getHeapStatistics();
    cells[THREAD_CELLS.upstreamOpen] = gauges.upstreamOpen;
    cells[THREAD_CELLS.upstreamIdle] = gauges.upstreamIdle;
    cells[THREAD_CELLS.requestsInFlight] = gauges.requestsInFlight;
    cells[THREAD_CELLS.logLinesDropped] = gauges.logLinesDropped;
    cells[THREAD_CELLS.heapUsed] = heap.used_heap_size;
    cells[THREAD_CELLS.heapSize] = heap.total_heap_size;
    cells[THREAD_CELLS.busySeconds] = performance.eventLoopUtilization().active / 1000;
  }

  #countBy(known: Map<string, number>, family: MetricFamily, ...labels: string[]): void {
    const key = labels.join(' ');
    let cell = known.get(key);
    if (cell === undefined) {
      const full = this.#allocator.full(family);
      cell = this.#allocator.allocate(family, labels);
      if (!full) known.set(key, cell);
    }
    this.#cells[cell]!++;
  }
}
