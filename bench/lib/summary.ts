import { percent } from './format.ts';
import type { Round } from './rounds.ts';
import type { Goal, Scenario } from './scenario.ts';
import { type Spread, ratiosOf, spreadOf } from './stats.ts';

/** What all rounds of one contestant come to. */
export interface ContestantResult {
  readonly name: string;
  /** CPU a request, µs; null for the backend itself. */
  readonly cpu: Spread | null;
  /** The same in relation to nginx in the same round. */
  readonly ratio: Spread | null;
  /** Requests a second. */
  readonly rate: Spread;
  /** µs */
  readonly p50: Spread;
  readonly p99: Spread;
  /** After the last round. */
  readonly residentBytes: number | null;
  /** Share of its core that others used meanwhile, 0 to 1. */
  readonly foreignShare: Spread;
  readonly problems: readonly string[];
  readonly rounds: readonly Round[];
}

/** Others may use so much of the core of a server before its numbers are called noisy. */
const FOREIGN_LIMIT = 0.05;

export type Verdict = 'reached' | 'reached within the spread' | 'not reached' | 'INVALID';

export interface GoalResult extends Goal {
  readonly measured: Spread;
  readonly verdict: Verdict;
}

/** @param base rounds of the contestant to compare with */
export function summarise(
  name: string,
  rounds: readonly Round[],
  base: readonly Round[],
): ContestantResult {
  const cpu = cpuPerRequest(rounds);
  const ratios = ratiosOf(cpu, cpuPerRequest(base));
  return {
    name,
    cpu: spreadIfAny(cpu.filter((value) => value > 0)),
    ratio: spreadIfAny(ratios),
    rate: spreadOf(rounds.map(({ requests, seconds }) => requests / seconds)),
    p50: spreadOf(rounds.map(({ p50 }) => p50)),
    p99: spreadOf(rounds.map(({ p99 }) => p99)),
    residentBytes: rounds.at(-1)?.residentBytes ?? null,
    foreignShare: spreadOf(rounds.map(({ foreignShare }) => foreignShare)),
    problems: [...new Set(rounds.flatMap(({ problems }) => problems))],
    rounds,
  };
}

/** What to know about a result, in words; empty when it is sound. */
export function remarksOn({ problems, foreignShare }: ContestantResult): string {
  if (problems.length > 0) return `INVALID: ${problems.join('; ')}`;
  const share = foreignShare.median;
  return share > FOREIGN_LIMIT ? `NOISY: others used ${percent(share)} of its core` : '';
}

/** Judges Sluice by the goal of a scenario; null when there is none or it could not be measured. */
export function judge(
  goal: Scenario['goal'],
  results: readonly ContestantResult[],
): GoalResult | null {
  if (goal === undefined) return null;
  const own = results.find(({ name }) => name === 'Sluice');
  const other = results.find(({ name }) => name === goal.of);
  const measured = spreadIfAny(
    ratiosOf(cpuPerRequest(own?.rounds ?? []), cpuPerRequest(other?.rounds ?? [])),
  );
  if (!own || !other || measured === null) return null;
  const sound = own.problems.length === 0 && other.problems.length === 0;
  return { ...goal, measured, verdict: sound ? verdictOf(measured, goal.atMost) : 'INVALID' };
}

/** A bound that lies within the middle half of the measurements counts as reached. */
export function verdictOf(measured: Spread, atMost: number): Verdict {
  if (measured.median <= atMost) return 'reached';
  return measured.low <= atMost ? 'reached within the spread' : 'not reached';
}

/** Of each round, µs; 0 where nothing was answered, and nothing for what has no CPU time of its own. */
function cpuPerRequest(rounds: readonly Round[]): number[] {
  return rounds.flatMap(({ cpuMicros, requests }) => {
    if (cpuMicros === null) return [];
    return requests === 0 ? 0 : cpuMicros / requests;
  });
}

function spreadIfAny(values: readonly number[]): Spread | null {
  return values.length === 0 ? null : spreadOf(values);
}
