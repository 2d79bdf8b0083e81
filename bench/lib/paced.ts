import type { Contestant } from './contestants.ts';
import { PacedLoad, countFailures } from './h2load.ts';
import type { RoundOptions } from './rounds.ts';
import type { Session } from './session.ts';
import { type Spread, quantile, ratiosOf, spreadOf } from './stats.ts';

/** p99 is to be at most so many times that of nginx. */
export const P99_GOAL = 1.5;

/** Latency of one contestant at a fixed rate, µs. */
export interface PacedContestant {
  readonly name: string;
  readonly p50: Spread;
  readonly p99: Spread;
  readonly max: Spread;
  /** p99 in relation to that of the first contestant in the same round. */
  readonly ratio: Spread;
  readonly problems: readonly string[];
}

export interface PacedResult {
  /** Requests a second that all of them got. */
  readonly rate: number;
  readonly contestants: readonly PacedContestant[];
}

interface PacedRound {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly failures: number;
}

/**
 * Measures latency at a fixed rate, in turn.
 *
 * @param rate requests a second
 */
export async function measurePaced(
  session: Session,
  contestants: readonly Contestant[],
  rate: number,
  options: RoundOptions<Contestant>,
): Promise<PacedResult> {
  const rounds: PacedRound[][] = contestants.map(() => []);
  for (let round = 0; round < options.rounds; round++) {
    options.onRound(round);
    for (let turn = 0; turn < contestants.length; turn++) {
      const index = (round + turn) % contestants.length;
      const contestant = contestants[index];
      if (contestant) rounds[index]?.push(await measureOnce(session, contestant, rate, options));
    }
  }
  const base = (rounds[0] ?? []).map(({ p99 }) => p99);
  return {
    rate,
    contestants: contestants.map(({ name }, index) => summarise(name, rounds[index] ?? [], base)),
  };
}

async function measureOnce(
  session: Session,
  { url, load }: Contestant,
  rate: number,
  { seconds, cores }: RoundOptions<Contestant>,
): Promise<PacedRound> {
  const requests = await new PacedLoad(session, url, load, rate, seconds, cores.load).finish();
  // A run without any answer counts as a failure, not as a fast one.
  if (requests.length === 0) return { p50: 0, p99: 0, max: 0, failures: 1 };
  const durations = Float64Array.from(requests, ({ duration }) => duration).sort();
  return {
    p50: quantile(durations, 0.5),
    p99: quantile(durations, 0.99),
    max: quantile(durations, 1),
    failures: countFailures(requests),
  };
}

function summarise(
  name: string,
  rounds: readonly PacedRound[],
  base: readonly number[],
): PacedContestant {
  const p99 = rounds.map((round) => round.p99);
  const ratios = ratiosOf(p99, base);
  const failures = rounds.reduce((sum, round) => sum + round.failures, 0);
  return {
    name,
    p50: spreadOf(rounds.map((round) => round.p50)),
    p99: spreadOf(p99),
    max: spreadOf(rounds.map((round) => round.max)),
    ratio: spreadOf(ratios.length === 0 ? [0] : ratios),
    problems: failures === 0 ? [] : [`${failures} requests failed`],
  };
}
