import { type Arena, type Contestant, startContestants } from './contestants.ts';
import { type PacedResult, measurePaced } from './paced.ts';
import { inspect, probe } from './probe.ts';
import { type RoundOptions, measureRounds } from './rounds.ts';
import { BASE, type Scenario } from './scenario.ts';
import { progress } from './suite.ts';
import { type ContestantResult, judge, summarise } from './summary.ts';
import type { ScenarioResult } from './tables/proxy.ts';
import { describeCommit } from './tools.ts';
import { driveWrk } from './wrk-drive.ts';

/** Measures everything that takes part in one scenario. */
export async function runScenario(arena: Arena, scenario: Scenario): Promise<ScenarioResult> {
  const { session, backend, options } = arena;
  const contestants = await startContestants(arena, scenario);
  const expected = await probe(backend.url, contestants[0]?.load ?? scenario.load);
  const faults: string[][] = [];
  for (const { url, load, guarded } of contestants) {
    faults.push(await inspect(url, load, guarded, expected));
  }
  // The others are measured all the same, but whoever runs this in a script must notice.
  if (faults.some((list) => list.length > 0)) process.exitCode = 1;
  const run: RoundOptions<Contestant> = {
    ...options,
    drive: driveWrk(session, options.cores.load, expected.bodyBytes),
    onRound: (round) => progress(`round ${round + 1} of ${options.rounds}`),
  };
  const rounds = await measureRounds(contestants, run);
  const base = rounds[contestants.findIndex(({ name }) => name === BASE)] ?? [];
  const results = contestants.map(({ name }, index) => {
    const result = summarise(name, rounds[index] ?? [], base);
    return { ...result, problems: [...(faults[index] ?? []), ...result.problems] };
  });
  const paced = scenario.paced ? await pace(arena, contestants, results, run) : null;
  progress('');
  await Promise.all(contestants.map((contestant) => contestant.stop()));
  return {
    name: scenario.name,
    title: scenario.title,
    date: new Date().toISOString(),
    commit: describeCommit(),
    rounds: options.rounds,
    seconds: options.seconds,
    contestants: results,
    goal: judge(scenario.goal, results),
    paced,
  };
}

/** nginx and Sluice at half the throughput of the slower of them. */
function pace(
  { session }: Arena,
  contestants: readonly Contestant[],
  results: readonly ContestantResult[],
  run: RoundOptions<Contestant>,
): Promise<PacedResult> {
  const isRival = ({ name }: { name: string }): boolean => name === BASE || name === 'Sluice';
  const slowest = Math.min(...results.filter(isRival).map(({ rate }) => rate.median));
  return measurePaced(session, contestants.filter(isRival), Math.floor(slowest / 2), run);
}
