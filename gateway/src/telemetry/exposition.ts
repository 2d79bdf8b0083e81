import {
  type NodeMetric,
  familyHead,
  formatValue,
  labelPairs,
  renderNodeMetric,
} from './exposition-text.ts';
import {
  FIRST_BUCKET,
  type MetricFamily,
  SUM,
  cellsOf,
  threadFamilies,
} from './metric-families.ts';
import type { NewSeries } from '../snapshot/messages.ts';
import { THREAD_CELLS, THREAD_CELL_COUNT, type ThreadCell, isGauge } from './thread-totals.ts';

/** A thread as the collector needs to know it; `ThreadSeed` is one. */
export interface MetricSource {
  readonly threadIndex: number;
  /** The thread's block. */
  readonly metrics: SharedArrayBuffer;
}

interface Source {
  readonly threadIndex: number;
  readonly cells: Float64Array;
  readonly parts: Part[];
}

/** Where one thread counts a series. */
interface Part {
  readonly series: Series;
  readonly cells: Float64Array;
  readonly start: number;
}

interface Series {
  readonly family: MetricFamily;
  /** Label pairs as they stand between the braces. */
  readonly labels: string;
  /** What threads that have ended counted; null while none has. */
  base: Float64Array | null;
  readonly live: Part[];
}

/** Text handed out at once, characters. */
const CHUNK = 64 * 1024;

/**
 * Adds up what proxy threads count in their blocks, those that have ended included, so that no
 * counter goes down. Only reads the threads' memory: they neither wait nor notice.
 */
export class MetricsCollector {
  readonly #sources = new Map<SharedArrayBuffer, Source>();
  readonly #retired = new WeakSet<SharedArrayBuffer>();
  readonly #families = new Map<string, { family: MetricFamily; series: Map<string, Series> }>(
    threadFamilies.map((family) => [family.name, { family, series: new Map() }]),
  );
  /** Fixed cells of threads that have ended, by thread index. */
  readonly #base = new Map<number, Float64Array>();

  /** Begins to read a thread's block. Once for each thread, when it starts. */
  attach(source: MetricSource): void {
    this.#source(source);
  }

  /** Takes a thread's message about a new series. */
  receive(source: MetricSource, message: NewSeries): void {
    const known = this.#families.get(message.family);
    if (known === undefined) throw new Error(`no metric family is named '${message.family}'`);
    const { family } = known;
    const labels = labelPairs(family.labels, message.labels);
    let series = known.series.get(labels);
    if (series === undefined) {
      series = { family, labels, base: null, live: [] };
      known.series.set(labels, series);
    }
    if (this.#retired.has(source.metrics)) {
      keep({ series, cells: new Float64Array(source.metrics), start: message.start });
      return;
    }
    const { cells, parts } = this.#source(source);
    const part = { series, cells, start: message.start };
    series.live.push(part);
    parts.push(part);
  }

  /** The thread has ended: what it counted is kept, its gauges are gone. */
  retire(source: MetricSource): void {
    const ended = this.#sources.get(source.metrics);
    if (ended === undefined) return;
    this.#sources.delete(source.metrics);
    this.#retired.add(source.metrics);
    for (const part of ended.parts) {
      keep(part);
      const { live } = part.series;
      live.splice(live.indexOf(part), 1);
    }
    const base = this.#base.get(ended.threadIndex) ?? new Float64Array(THREAD_CELL_COUNT);
    for (const [name, cell] of Object.entries(THREAD_CELLS) as [ThreadCell, number][]) {
      if (!isGauge(name)) base[cell]! += ended.cells[cell]!;
    }
    this.#base.set(ended.threadIndex, base);
  }

  /** One of the fixed cells, of all threads together. */
  total(cell: ThreadCell): number {
    let sum = 0;
    for (const value of this.byThread(cell).values()) sum += value;
    return sum;
  }

  /** One of the fixed cells, by thread index. */
  byThread(cell: ThreadCell): Map<number, number> {
    const index = THREAD_CELLS[cell];
    const values = new Map<number, number>();
    const add = (thread: number, value: number): void => {
      values.set(thread, (values.get(thread) ?? 0) + value);
    };
    if (!isGauge(cell)) for (const [thread, base] of this.#base) add(thread, base[index]!);
    for (const source of this.#sources.values()) add(source.threadIndex, source.cells[index]!);
    return values;
  }

  /** Memory of the threads that run, bytes: what series were made in, and what there is. */
  memory(): { readonly used: number; readonly capacity: number } {
    let used = 0;
    let capacity = 0;
    for (const { cells, parts } of this.#sources.values()) {
      const ofSeries = parts.reduce((sum, { series }) => sum + cellsOf(series.family), 0);
      used += (THREAD_CELL_COUNT + ofSeries) * cells.BYTES_PER_ELEMENT;
      capacity += cells.byteLength;
    }
    return { used, capacity };
  }

  /** The exposition in pieces of bounded size, so that the caller may do other things in between. */
  *render(nodeMetrics: readonly NodeMetric[]): Generator<string, void, void> {
    let text = nodeMetrics.map(renderNodeMetric).join('');
    for (const { family, series } of this.#families.values()) {
      if (series.size === 0) continue;
      text += familyHead(family.name, family.type, family.help);
      for (const one of series.values()) {
        text +=
          family.buckets === undefined ? renderValue(family, one) : renderHistogram(family, one);
        if (text.length < CHUNK) continue;
        yield text;
        text = '';
      }
    }
    if (text !== '') yield text;
  }

  #source({ threadIndex, metrics }: MetricSource): Source {
    let source = this.#sources.get(metrics);
    if (source === undefined) {
      source = { threadIndex, cells: new Float64Array(metrics), parts: [] };
      this.#sources.set(metrics, source);
    }
    return source;
  }
}

/** Adds what a thread counted to what threads that have ended counted. */
function keep({ series, cells, start }: Part): void {
  const base = (series.base ??= new Float64Array(cellsOf(series.family)));
  for (let i = 0; i < base.length; i++) base[i]! += cells[start + i]!;
}

/** A cell of a series over all threads. */
function cellOf(series: Series, offset: number): number {
  let sum = series.base === null ? 0 : series.base[offset]!;
  for (const { cells, start } of series.live) sum += cells[start + offset]!;
  return sum;
}

function renderValue(family: MetricFamily, series: Series): string {
  return `${family.name}{${series.labels}} ${formatValue(cellOf(series, 0))}\n`;
}

function renderHistogram({ name, buckets = [] }: MetricFamily, series: Series): string {
  const { labels } = series;
  let text = '';
  let count = 0;
  for (let i = 0; i <= buckets.length; i++) {
    count += cellOf(series, FIRST_BUCKET + i);
    const bound = formatValue(buckets[i] ?? Infinity);
    text += `${name}_bucket{${labels},le="${bound}"} ${count}\n`;
  }
  const sum = formatValue(cellOf(series, SUM));
  return `${text}${name}_sum{${labels}} ${sum}\n${name}_count{${labels}} ${count}\n`;
}
