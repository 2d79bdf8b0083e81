/**
 * Cells at the start of every thread's block that stand in each block at the same place. Counters are
 * kept when a thread ends, gauges go with it.
 */
export const THREAD_CELLS = {
  connectionsAccepted: 0,
  connectionsOpen: 1,
  requests: 2,
  requestsInFlight: 3,
  upstreamOpen: 4,
  upstreamIdle: 5,
  retries: 6,
  abortedByClient: 7,
  abortedByUpstream: 8,
  logLinesDropped: 9,
  seriesOverflow: 10,
  heapUsed: 11,
  heapSize: 12,
  busySeconds: 13,
  webSocketsOpen: 14,
  sessionsOpen: 15,
} as const;

export type ThreadCell = keyof typeof THREAD_CELLS;

/** Cells set aside for them in each block. */
export const THREAD_CELL_COUNT = 16;

const gauges: ReadonlySet<ThreadCell> = new Set<ThreadCell>([
  'connectionsOpen',
  'requestsInFlight',
  'sessionsOpen',
  'upstreamOpen',
  'upstreamIdle',
  'webSocketsOpen',
  'heapUsed',
  'heapSize',
]);

export function isGauge(cell: ThreadCell): boolean {
  return gauges.has(cell);
}
