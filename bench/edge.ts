/** `npm run bench:edge`: what TLS, HTTP/2, gRPC and WebSockets cost beside nginx. */
import { type EdgeScenario, edgeScenarios } from './lib/edge/scenarios.ts';
import type { EdgeArena } from './lib/edge/servers.ts';
import type { BenchOptions } from './lib/options.ts';
import { writeReport } from './lib/report.ts';
import { resultsFolder, withLastRows, writeResult } from './lib/results.ts';
import { measureRounds } from './lib/rounds.ts';
import { BASE } from './lib/scenario.ts';
import { prepareSluice } from './lib/sluice.ts';
import { choose, progress, runSuite } from './lib/suite.ts';
import { judge, summarise } from './lib/summary.ts';
import { toText } from './lib/table.ts';
import { type EdgeResult, edgeGoalTable, edgeTable } from './lib/tables/edge.ts';
import { checkMachine, describeCommit } from './lib/tools.ts';

const about =
  'Measures CPU time and throughput of Sluice beside nginx with TLS, HTTP/2, gRPC and WebSockets.\n' +
  `Scenarios: ${edgeScenarios.map(({ name }) => name).join(', ')}.`;

await runSuite(about, async (session, options) => {
  const { cores } = options;
  checkMachine(['nginx', 'wrk', 'h2load', 'openssl', 'taskset'], [cores.proxy, cores.load]);
  const chosen = choose(edgeScenarios, options.only);
  const program = await prepareSluice(session, options.dist);
  const results: EdgeResult[] = [];
  for (const scenario of chosen) {
    console.log(`\n${scenario.title}\n`);
    const result = await run({ session, program, cores }, scenario, options);
    console.log(toText(edgeTable([result])));
    results.push(result);
  }
  console.log(toText(edgeGoalTable(results)));
  writeResult('edge', withLastRows('edge', edgeScenarios, results, options), options);
  writeReport(resultsFolder(options));
});

async function run(
  arena: EdgeArena,
  scenario: EdgeScenario,
  options: BenchOptions,
): Promise<EdgeResult> {
  const servers = await scenario.start(arena);
  const rounds = await measureRounds(servers, {
    ...options,
    async drive(server, seconds) {
      const driven = await scenario.drive(arena, server, seconds);
      server.child.assertRunning();
      return driven;
    },
    onRound: (round) => progress(`round ${round + 1} of ${options.rounds}`),
  });
  progress('');
  await Promise.all(servers.map(({ child }) => child.stop()));
  const base = rounds[servers.findIndex(({ name }) => name === BASE)] ?? [];
  const contestants = servers.map(({ name }, index) => summarise(name, rounds[index] ?? [], base));
  if (contestants.some(({ problems }) => problems.length > 0)) process.exitCode = 1;
  return {
    name: scenario.name,
    title: scenario.title,
    unit: scenario.unit,
    date: new Date().toISOString(),
    commit: describeCommit(),
    rounds: options.rounds,
    seconds: options.seconds,
    contestants,
    goal: judge(scenario.goal, contestants),
    paced: null,
  };
}
