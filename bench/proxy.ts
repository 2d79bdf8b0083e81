/** `npm run bench`: what a request costs through Sluice and others, scenario by scenario. */
import { startBackend } from './lib/backend.ts';
import { isHaproxyInstalled } from './lib/haproxy.ts';
import { writeReport } from './lib/report.ts';
import { resultsFolder, withLastRows, writeResult } from './lib/results.ts';
import { runScenario } from './lib/run-scenario.ts';
import { scenarios } from './lib/scenarios.ts';
import { prepareSluice } from './lib/sluice.ts';
import { choose, runSuite } from './lib/suite.ts';
import { toText } from './lib/table.ts';
import { type ScenarioResult, detailTable, goalTable, pacedTable } from './lib/tables/proxy.ts';
import { checkMachine } from './lib/tools.ts';

const about =
  'Measures CPU time, throughput, latency and memory of Sluice beside nginx and others.\n' +
  `Scenarios: ${scenarios.map(({ name }) => name).join(', ')}.`;

await runSuite(about, async (session, options) => {
  if (options.printConfig !== undefined) {
    const variant = choose(scenarios, [options.printConfig])[0]?.sluices[0];
    console.log(JSON.stringify(variant?.document(options.backendPort), null, 2));
    return;
  }
  const { cores } = options;
  const chosen = choose(scenarios, options.only);
  checkMachine(['nginx', 'wrk', 'h2load', 'taskset'], [cores.proxy, cores.load]);
  const arena = {
    session,
    options,
    program: await prepareSluice(session, options.dist),
    backend: await startBackend(session, { core: cores.load, port: options.backendPort }),
    haproxy: isHaproxyInstalled(),
  };
  const results: ScenarioResult[] = [];
  for (const scenario of chosen) {
    console.log(`\n${scenario.title}\n`);
    const result = await runScenario(arena, scenario);
    console.log(toText(detailTable([result])));
    if (result.paced !== null) console.log(toText(pacedTable([result])));
    results.push(result);
  }
  if (results.some(({ goal }) => goal !== null)) console.log(toText(goalTable(results)));

  writeResult('proxy', withLastRows('proxy', scenarios, results, options), options);
  writeReport(resultsFolder(options));
});
