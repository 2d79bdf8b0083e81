import type { ExchangeRecord } from './exchange-record.ts';

/** Where one route's series live in this thread's block of metric cells. */
export interface RouteSeries {
  readonly service: string;
  readonly route: string;
}

/** Counts finished exchanges of one thread. Cheap enough for every request. */
export interface RequestMetrics {
  /** Labels as Kong's: service by name or host, route by name or id. Empty strings where there is none. */
  series(service: string, route: string): RouteSeries;
  count(series: RouteSeries, record: ExchangeRecord): void;
  /** Gauges and totals of this thread that are not tied to a request. */
  connectionOpened(): void;
  connectionClosed(): void;
}
