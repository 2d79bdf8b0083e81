import { type CounterUsage, counterUsage } from '../shm/counter-memory.ts';
import type { HealthUsage } from '../shm/target-health.ts';
import type { EntityTables } from '../entities/tables.ts';
import type { PublishedKey } from '../plugin/plugin.ts';
import type { MetricsCollector } from '../telemetry/exposition.ts';
import { type ByteFormat, defaultByteFormat } from './status/byte-format.ts';
import { TargetMetrics } from './health/target-metrics.ts';
import type { TargetStates } from './health/target-states.ts';
import { publishedKeys } from './status/published-keys.ts';
import { nodeMetrics } from './status/status-metrics.ts';
import { statusReport } from './status/status-report.ts';
import type { StatusSource } from './status/status-source.ts';

/** How full the tables in shared memory are. */
export interface Usage {
  readonly counters: CounterUsage;
  readonly health: HealthUsage;
}

export interface NodeReportsParts {
  readonly source: StatusSource;
  readonly collector: MetricsCollector;
  /** Memory of the table of counters. */
  readonly counters: SharedArrayBuffer;
  readonly targets: TargetStates;
  /** What the node serves; null before there is anything. */
  readonly tables: () => EntityTables | null;
}

/** How long a count of used slots is good for, ms: counting reads whole tables. */
const USAGE_LIFETIME = 1000;

/**
 * State and metrics of the node, as the status listener and the Admin API tell them. Everything
 * comes from the control thread's memory and from shared memory; proxy threads are never asked.
 */
export class NodeReports {
  readonly #parts: NodeReportsParts;
  readonly #targetMetrics: TargetMetrics;
  #usage: (Usage & { readonly at: number }) | null = null;

  constructor(parts: NodeReportsParts) {
    this.#parts = parts;
    this.#targetMetrics = new TargetMetrics(parts.targets);
  }

  /** Body of `/status`. */
  status(format: ByteFormat = defaultByteFormat): object {
    const { source, collector } = this.#parts;
    return statusReport(source.status(), collector, this.#used().counters, format);
  }

  /** The exposition for Prometheus, in pieces. */
  *metrics(): Generator<string, void, void> {
    const { source, collector, tables } = this.#parts;
    yield* collector.render(nodeMetrics(source.status(), collector, this.#used()));
    yield* this.#targetMetrics.render(tables());
  }

  /** The public keys that services verify the gateway's signatures with, as JSON Web Keys. */
  publicKeys(): readonly PublishedKey[] {
    const tables = this.#parts.tables();
    return tables === null ? [] : publishedKeys(tables.plugins);
  }

  #used(): Usage {
    const now = Date.now();
    if (this.#usage === null || Math.abs(now - this.#usage.at) > USAGE_LIFETIME) {
      const { counters, targets } = this.#parts;
      this.#usage = { at: now, counters: counterUsage(counters, now), health: targets.usage };
    }
    return this.#usage;
  }
}
