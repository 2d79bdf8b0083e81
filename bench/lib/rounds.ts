import { checkAccessLines } from './access-lines.ts';
import type { Contestant } from './contestants.ts';
import { busyMicrosOf, usageOf } from './procfs.ts';
import type { Session } from './session.ts';
import { problemsOf, runWrk } from './wrk.ts';

/** What one contestant did in one round. */
export interface Round {
  readonly requests: number;
  readonly seconds: number;
  /** User and system time of all its processes; null for the backend itself. */
  readonly cpuMicros: number | null;
  readonly residentBytes: number | null;
  /** Share of its core that others used meanwhile, 0 to 1: what makes measurements worthless. */
  readonly foreignShare: number;
  /** µs */
  readonly p50: number;
  readonly p99: number;
  /** Why this round is worth nothing; empty when it is sound. */
  readonly problems: readonly string[];
}

export interface RoundOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmup: number;
  readonly cores: { readonly proxy: number; readonly load: number };
  /** Length of the body of each right answer. */
  readonly bodyBytes: number;
  readonly onRound: (round: number) => void;
}

/**
 * Measures contestants in turn, round by round, so that what changes on the machine meanwhile meets
 * them all alike. Each round begins with another one.
 *
 * @returns the rounds of each, in the order of `contestants`
 */
export async function measureRounds(
  session: Session,
  contestants: readonly Contestant[],
  options: RoundOptions,
): Promise<Round[][]> {
  const results: Round[][] = contestants.map(() => []);
  if (options.warmup > 0) {
    for (const contestant of contestants) {
      const { url, load, accessLog } = contestant;
      const { requests } = await runWrk(session, url, load, options.warmup, options.cores.load);
      if (accessLog !== undefined) await checkAccessLines(accessLog, requests);
    }
  }
  for (let round = 0; round < options.rounds; round++) {
    options.onRound(round);
    for (let turn = 0; turn < contestants.length; turn++) {
      const index = (round + turn) % contestants.length;
      const contestant = contestants[index];
      if (contestant) results[index]?.push(await measureOnce(session, contestant, options));
    }
  }
  return results;
}

async function measureOnce(
  session: Session,
  contestant: Contestant,
  { seconds, cores, bodyBytes }: RoundOptions,
): Promise<Round> {
  const { pid, url, load, accessLog } = contestant;
  const start = performance.now();
  const busyBefore = busyMicrosOf(cores.proxy);
  const before = pid === null ? null : usageOf(pid);
  const report = await runWrk(session, url, load, seconds, cores.load);
  const after = pid === null ? null : usageOf(pid);
  const busy = busyMicrosOf(cores.proxy) - busyBefore;
  const elapsed = (performance.now() - start) * 1000;
  const cpuMicros = before === null || after === null ? null : after.cpuMicros - before.cpuMicros;
  const problems = problemsOf(report, bodyBytes);
  if (accessLog !== undefined)
    problems.push(...(await checkAccessLines(accessLog, report.requests)));
  return {
    requests: report.requests,
    seconds: report.durationMicros / 1e6,
    cpuMicros,
    residentBytes: after?.residentBytes ?? null,
    foreignShare: cpuMicros === null ? 0 : Math.max(0, busy - cpuMicros) / elapsed,
    p50: report.p50,
    p99: report.p99,
    problems,
  };
}
