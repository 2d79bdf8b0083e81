import type { Failures } from './ledger.ts';
import type { Sample } from './process-watch.ts';
import type { ReloadReport } from './reloads.ts';

/** Something that must hold, and whether it did. */
export interface Promised {
  readonly what: string;
  readonly kept: boolean;
  readonly found: string;
}

export interface SoakReport {
  readonly date: string;
  readonly node: string;
  readonly minutes: number;
  readonly seed: number;
  /** Parts of the load that were left out. */
  readonly without: readonly string[];
  readonly exchanges: number;
  readonly perSecond: number;
  /** For how long the load itself stood still at most, ms: no answer can be judged faster. */
  readonly longestPause: number;
  /** How long the load was ready to run and no processor was free for it, % of the time. */
  readonly heldUp: number;
  readonly checked: Readonly<Record<string, number>>;
  readonly failedAsAsked: Readonly<Record<string, number>>;
  readonly unexpected: Readonly<Record<string, Failures>>;
  readonly reloads: ReloadReport;
  readonly memory: {
    readonly samples: readonly Sample[];
    /** Growth of what cannot be collected, bytes a minute, from this second on. */
    readonly slope: number;
    readonly from: number;
    readonly afterLoad: number;
    /** Heap in use by each proxy thread in the end, bytes. */
    readonly heaps: readonly number[];
  };
  readonly promises: readonly Promised[];
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

export function reportAsText(report: SoakReport): string {
  const { memory, reloads } = report;
  const peak = Math.max(...memory.samples.map((sample) => sample.memory));
  const lines = [
    `${report.minutes} minutes, seed ${report.seed}, Node ${report.node}`,
    ...(report.without.length === 0 ? [] : [`without ${report.without.join()}`]),
    `${report.exchanges} exchanges, ${report.perSecond.toFixed(0)} a second`,
    `longest pause of the load itself ${report.longestPause.toFixed(0)} ms, ` +
      `waiting for a processor ${report.heldUp.toFixed(0)} % of the time`,
    ...table('answered and right', report.checked),
    ...table('failed as asked', report.failedAsAsked),
    'unexpected:',
    ...Object.entries(report.unexpected).flatMap(([kind, { count, details }]) => [
      `  ${kind}: ${count}`,
      ...details.map((detail) => `    ${detail}`),
    ]),
    `reloads: ${reloads.served} served, ${reloads.refused} refused, slowest ${reloads.slowest.toFixed(0)} ms`,
    `resident: peak ${megabytes(peak)}, after the load ${megabytes(memory.afterLoad)}, ` +
      `${megabytes(memory.slope)} a minute from second ${memory.from}`,
    `heaps of the proxy threads: ${memory.heaps.map(megabytes).join(', ')}`,
    'promises:',
    ...report.promises.map(
      ({ what, kept, found }) => `  ${kept ? 'kept' : 'BROKEN'}: ${what} (${found})`,
    ),
  ];
  return lines.join('\n');
}

function table(title: string, counts: Readonly<Record<string, number>>): string[] {
  return [`${title}:`, ...Object.entries(counts).map(([kind, count]) => `  ${kind}: ${count}`)];
}
