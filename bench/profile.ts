/** `npm run profile:proxy`: where a proxy thread spends its time under the load of a scenario. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBackend } from './lib/backend.ts';
import { selfTimes, toFrames } from './lib/cpu-profile.ts';
import { flameGraph } from './lib/flame-graph.ts';
import { fixed } from './lib/format.ts';
import { inspect, probe } from './lib/probe.ts';
import { resultsFolder } from './lib/results.ts';
import { scenarios } from './lib/scenarios.ts';
import { prepareSluice, startSluice } from './lib/sluice.ts';
import { choose, runSuite } from './lib/suite.ts';
import { toText } from './lib/table.ts';
import { checkMachine, describeCommit } from './lib/tools.ts';
import { WorkerProfiler } from './lib/worker-profiler.ts';
import { problemsOf, runWrk } from './lib/wrk.ts';

/** µs between two samples. */
const INTERVAL = 250;
const TOP = 20;

const about =
  'Takes a CPU profile of a proxy thread under load and draws a flame graph.\n' +
  `Scenarios for --only: ${scenarios.map(({ name }) => name).join(', ')}; else public.`;

await runSuite(about, async (session, options) => {
  const { proxy, load: loadCore } = options.cores;
  checkMachine(['nginx', 'wrk', 'taskset'], [proxy, loadCore]);
  const program = await prepareSluice(session, options.dist);
  const backend = await startBackend(session, { core: loadCore, port: 0 });
  const folder = resultsFolder(options);
  mkdirSync(folder, { recursive: true });
  for (const scenario of choose(scenarios, options.only.length > 0 ? options.only : ['public'])) {
    const variant = scenario.sluices[0];
    if (variant === undefined) continue;
    await scenario.prepare?.(session, loadCore);
    const sluice = await startSluice(session, {
      program,
      document: variant.document(backend.port, options.quick),
      workers: 1,
      cores: String(proxy),
      nodeFlags: ['--inspect=127.0.0.1:0'],
      flags: variant.flags?.(session.folder('profile')) ?? [],
    });
    const load = (await scenario.logIn?.(sluice.port)) ?? variant.load ?? scenario.load;
    const expected = await probe(backend.url, load);
    const problems = await inspect(sluice.url, load, scenario.guarded, expected);
    const warmup = Math.max(1, options.warmup);
    await runWrk(session, sluice.url, load, warmup, loadCore);

    const profiler = await WorkerProfiler.attach(sluice.child, 'proxy/worker.js');
    await profiler.start(INTERVAL);
    const report = await runWrk(session, sluice.url, load, options.seconds, loadCore);
    const root = toFrames(await profiler.stop());
    profiler.close();
    await sluice.child.stop();

    problems.push(...problemsOf(report, expected.bodyBytes));
    for (const problem of problems) console.error(`INVALID: ${problem}`);
    const title = `${scenario.title}: proxy thread of ${describeCommit()}`;
    const file = join(folder, `profile-${scenario.name}.html`);
    writeFileSync(file, flameGraph(title, root));
    console.log(`\n${title}, ${fixed(root.total / 1e6, 1)} s at work\n`);
    console.log(
      toText({
        head: ['Itself', 'Function', 'Place'],
        rows: selfTimes(root)
          .slice(0, TOP)
          .map(({ name, place, self }) => [
            `${fixed((100 * self) / root.total, 1)} %`,
            name,
            place,
          ]),
      }),
    );
    console.log(`written to ${file}`);
  }
});
