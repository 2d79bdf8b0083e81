import type { ExchangeRecord } from './exchange-record.ts';
import {
  FIRST_BUCKET,
  type HistogramFamily,
  type MetricFamily,
  SUM,
  bandwidthFamily,
  gatewayLatencyFamily,
  requestLatencyFamily,
  requestsFamily,
  sessionDurationFamily,
  sessionsFamily,
  upstreamLatencyFamily,
} from './metric-families.ts';
import { GrpcCells } from './grpc-cells.ts';
import { WebSocketCells } from './web-socket-cells.ts';
import type { SessionRecord } from './session-record.ts';
import { OVERFLOW, type SeriesAllocator } from './series-allocator.ts';

/** Kong's name of the only workspace that there is. */
const WORKSPACE = 'default';

/** No status at all. */
const NO_CODE = 1;

/** Status of a stream that reached its upstream. */
const REACHED = 200;

/**
 * Cells of requests of one route, by one consumer or by anybody. Series are made when they are first
 * counted. What each request needs comes first: with thousands of routes every place in memory is one to
 * fetch.
 */
class RequestCells {
  readonly allocator: SeriesAllocator;
  /** Nearly all requests of a consumer end with one status. */
  #firstCode = NO_CODE;
  #firstCell = 0;
  #ingress = 0;
  #egress = 0;
  #otherCodes: Map<number, number> | null = null;
  readonly service: string;
  readonly route: string;
  readonly #consumer: string;

  constructor(allocator: SeriesAllocator, service: string, route: string, consumer: string) {
    this.allocator = allocator;
    this.service = service;
    this.route = route;
    this.#consumer = consumer;
  }

  count(status: number, fromUpstream: boolean, bytesIn: number, bytesOut: number): void {
    const code = fromUpstream ? status : -status;
    const cell = code === this.#firstCode ? this.#firstCell : this.#cellOf(code);
    this.allocator.cells[cell]!++;
    this.transferred(bytesIn, bytesOut);
  }

  transferred(bytesIn: number, bytesOut: number): void {
    const { cells } = this.allocator;
    // Cell 0 is none of a series.
    if (this.#ingress === 0) this.#openBandwidth();
    cells[this.#ingress]! += bytesIn;
    cells[this.#egress]! += bytesOut;
  }

  /** @param code a status, negative where the gateway answered itself */
  #cellOf(code: number): number {
    let cell = this.#otherCodes?.get(code);
    if (cell !== undefined) return cell;
    const { allocator, service, route } = this;
    const source = code > 0 ? 'service' : 'kong';
    cell = allocator.allocate(requestsFamily, [
      ...[service, route, String(Math.abs(code)), source, WORKSPACE, this.#consumer],
    ]);
    if (this.#firstCode === NO_CODE) {
      this.#firstCode = code;
      this.#firstCell = cell;
    } else (this.#otherCodes ??= new Map()).set(code, cell);
    return cell;
  }

  #openBandwidth(): void {
    const { allocator, service, route } = this;
    const of = (direction: string): number =>
      allocator.allocate(bandwidthFamily, [service, route, direction, WORKSPACE, this.#consumer]);
    this.#ingress = of('ingress');
    this.#egress = of('egress');
  }
}

/** Cells of one route and consumer. */
class ConsumerCells extends RequestCells {
  readonly of: RouteCells;

  constructor(of: RouteCells, consumer: string) {
    super(of.allocator, of.service, of.route, consumer);
    this.of = of;
  }
}

/** Cells of one route; as those of requests, where they are counted that are of no consumer, or by none. */
export class RouteCells extends RequestCells {
  #requestLatency = 0;
  #upstreamLatency = 0;
  #gatewayLatency = 0;
  #consumers: Map<string, ConsumerCells> | null = null;
  #others: ConsumerCells | null = null;
  #webSockets: WebSocketCells | null = null;
  #grpc: GrpcCells | null = null;
  #sessions: Map<number, number> | null = null;
  #sessionDuration = 0;

  constructor(allocator: SeriesAllocator, service: string, route: string) {
    super(allocator, service, route, '');
  }

  /** Where WebSockets are counted; most routes have none. */
  get webSockets(): WebSocketCells {
    return (this.#webSockets ??= new WebSocketCells(this.allocator, this.service, this.route));
  }

  /** Where calls of gRPC are counted; most routes have none. */
  get grpc(): GrpcCells {
    return (this.#grpc ??= new GrpcCells(this.allocator, this.service, this.route));
  }

  /** Where a request is counted by its consumer. */
  consumerOf({ consumerName, consumerId, consumerMemo }: ExchangeRecord): RequestCells {
    // With thousands of consumers a map takes longer to search than all the rest takes.
    const last = consumerMemo === null ? null : consumerMemo.series;
    if (last instanceof ConsumerCells && last.of === this) return last;
    const name = consumerName ?? consumerId;
    const cells = name === null ? this : this.#consumer(name);
    if (consumerMemo !== null) consumerMemo.series = cells;
    return cells;
  }

  #consumer(name: string): ConsumerCells {
    this.#consumers ??= new Map();
    let cells = this.#consumers.get(name);
    if (cells === undefined) {
      // Beyond the cap nothing is kept of a consumer: there may be millions.
      if (this.allocator.full(requestsFamily)) {
        return (this.#others ??= new ConsumerCells(this, OVERFLOW));
      }
      cells = new ConsumerCells(this, name);
      this.#consumers.set(name, cells);
    }
    return cells;
  }

  /** Latencies in ms; a negative one did not happen. */
  observe(totalMs: number, upstreamMs: number, gatewayMs: number): void {
    if (this.#requestLatency === 0) {
      this.#requestLatency = this.#latency(requestLatencyFamily);
      this.#gatewayLatency = this.#latency(gatewayLatencyFamily);
    }
    const { cells } = this.allocator;
    addTo(cells, this.#requestLatency, requestLatencyFamily, totalMs);
    addTo(cells, this.#gatewayLatency, gatewayLatencyFamily, gatewayMs);
    if (upstreamMs >= 0) this.#observeUpstream(upstreamMs);
  }

  /** Counts a stream that has ended. */
  countSession({ status, bytesIn, bytesOut, totalMs, connectMs }: SessionRecord): void {
    const { cells } = this.allocator;
    cells[this.#sessionsWith(status)]!++;
    this.transferred(bytesIn, bytesOut);
    if (this.#sessionDuration === 0) this.#sessionDuration = this.#latency(sessionDurationFamily);
    addTo(cells, this.#sessionDuration, sessionDurationFamily, totalMs);
    if (connectMs >= 0) this.#observeUpstream(connectMs);
  }

  #sessionsWith(status: number): number {
    this.#sessions ??= new Map();
    let cell = this.#sessions.get(status);
    if (cell === undefined) {
      const source = status === REACHED ? 'service' : 'kong';
      cell = this.allocator.allocate(sessionsFamily, [
        ...[this.service, this.route, String(status), source, WORKSPACE],
      ]);
      this.#sessions.set(status, cell);
    }
    return cell;
  }

  #observeUpstream(ms: number): void {
    if (this.#upstreamLatency === 0) this.#upstreamLatency = this.#latency(upstreamLatencyFamily);
    addTo(this.allocator.cells, this.#upstreamLatency, upstreamLatencyFamily, ms);
  }

  #latency(family: MetricFamily): number {
    return this.allocator.allocate(family, [this.service, this.route, WORKSPACE]);
  }
}

function addTo(cells: Float64Array, start: number, family: HistogramFamily, value: number): void {
  if (!(value >= 0)) return;
  const { buckets } = family;
  const count = buckets.length;
  let bucket = 0;
  while (bucket < count && value > buckets[bucket]!) bucket++;
  cells[start + FIRST_BUCKET + bucket]!++;
  cells[start + SUM]! += value;
}
