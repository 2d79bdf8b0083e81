import { MetricBlock } from '../shm/metric-block.ts';
import type { FromThread, NewSeries, ThreadSeed } from '../snapshot/messages.ts';
import { formatAccessLine } from '../telemetry/access-log.ts';
import type { ExchangeRecord } from '../telemetry/exchange-record.ts';
import { formatSessionLine } from '../telemetry/session-line.ts';
import type { SessionRecord } from '../telemetry/session-record.ts';
import { LogSink } from '../telemetry/log-sink.ts';
import { createRequestMetrics, type ThreadMetrics } from '../telemetry/request-metrics.ts';
import type { ProxyThread } from './thread.ts';

/** How often gauges are read, ms. */
const SAMPLE_INTERVAL = 1000;

/** What a proxy thread tells of its work. */
export interface ThreadTelemetry {
  readonly metrics: ThreadMetrics;
  /** Writes the access line of a finished exchange; null when there is no access log. */
  readonly logAccess: ((record: ExchangeRecord) => void) | null;
  readonly logSession: ((record: SessionRecord) => void) | null;
  /** Begins to read the gauges of `thread`. */
  watch(thread: ProxyThread): void;
  /** Opens the access log anew, as after a rotation. */
  reopen(): void;
  /** Writes what is left. */
  close(): Promise<void>;
}

/** @throws OperatorError when the access log cannot be opened */
export function openTelemetry(
  seed: ThreadSeed,
  post: (message: FromThread) => void,
): ThreadTelemetry {
  const { accessLog, metricsMaxSeries } = seed.settings;
  const metrics = createRequestMetrics(new MetricBlock(seed.metrics), seriesTo(post), {
    maxSeries: metricsMaxSeries,
    perConsumer: false,
  });
  const sink =
    accessLog === 'off'
      ? null
      : new LogSink({
          target: accessLog,
          onProblem: (message) => post({ type: 'log', level: 'warn', message }),
        });
  let sampling: NodeJS.Timeout | null = null;
  return {
    metrics,
    logAccess: sink === null ? null : (record) => sink.append(formatAccessLine(record)),
    logSession: sink === null ? null : (record) => sink.append(formatSessionLine(record)),
    watch(thread) {
      sampling = setInterval(() => {
        metrics.sample({
          upstreamOpen: thread.upstreamOpen,
          upstreamIdle: thread.upstreamIdle,
          requestsInFlight: thread.inFlight,
          logLinesDropped: sink === null ? 0 : sink.dropped,
        });
      }, SAMPLE_INTERVAL);
      sampling.unref();
    },
    reopen() {
      sink?.reopen();
    },
    async close() {
      if (sampling !== null) clearInterval(sampling);
      await sink?.close();
    },
  };
}

/** Tells of new series in one message a turn: under load with many consumers, hundreds come at once. */
function seriesTo(post: (message: FromThread) => void): (series: NewSeries) => void {
  let waiting: NewSeries[] = [];
  const flush = (): void => {
    const series = waiting;
    waiting = [];
    post({ type: 'series', series });
  };
  return (series) => {
    if (waiting.push(series) === 1) setImmediate(flush);
  };
}
