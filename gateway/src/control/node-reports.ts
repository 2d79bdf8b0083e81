import { type CounterUsage, counterUsage } from '../shm/counter-memory.ts';
import type { MetricsCollector } from '../telemetry/exposition.ts';
import { type ByteFormat, defaultByteFormat } from './byte-format.ts';
import { nodeMetrics } from './status-metrics.ts';
import { statusReport } from './status-report.ts';
import type { StatusSource } from './status-source.ts';

export interface NodeReportsParts {
  readonly source: StatusSource;
  readonly collector: MetricsCollector;
  /** Memory of the table of counters. */
  readonly counters: SharedArrayBuffer;
}

/** How long a count of the used counter slots is good for, ms: counting reads the whole table. */
const USAGE_LIFETIME = 1000;

/**
 * State and metrics of the node, as the status listener and the Admin API tell them. Everything
 * comes from the control thread's memory and from shared memory; proxy threads are never asked.
 */
export class NodeReports {
  readonly #parts: NodeReportsParts;
  #usage: { readonly at: number; readonly value: CounterUsage } | null = null;

  constructor(parts: NodeReportsParts) {
    this.#parts = parts;
  }

  /** Body of `/status`. */
  status(format: ByteFormat = defaultByteFormat): object {
    const { source, collector } = this.#parts;
    return statusReport(source.status(), collector, this.#counters(), format);
  }

  /** The exposition for Prometheus, in pieces. */
  metrics(): Iterable<string> {
    const { source, collector } = this.#parts;
    return collector.render(nodeMetrics(source.status(), collector, this.#counters()));
  }

  #counters(): CounterUsage {
    const now = Date.now();
    if (this.#usage === null || Math.abs(now - this.#usage.at) > USAGE_LIFETIME) {
      this.#usage = { at: now, value: counterUsage(this.#parts.counters, now) };
    }
    return this.#usage.value;
  }
}
