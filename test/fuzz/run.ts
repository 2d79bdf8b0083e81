/**
 * `npm run fuzz -- --minutes N [--seed S]` lets the gateway's parsers and Node's read the same mutated
 * messages, and sends mutated requests and responses through a real gateway. Prints what no
 * exception allows, each find with its seed and its exact bytes, and fails when there is one.
 *
 * `npm run fuzz -- --case 'mutated requests:123'` shows one case of the parsers again.
 */
import { readAmount, readSeed, ToolUseError, withOptions } from '../support/tool-options.ts';
import { startAnswersSite } from './answers.ts';
import { Http1BoundarySite } from './boundaries.ts';
import { isSuite, problemsOf, runCampaign, runCase } from './campaign.ts';
import { Http2BoundarySite } from './http2-boundaries.ts';
import { Random } from './random.ts';

/** How much of the time goes to the parsers; the rest is for a real gateway. */
const PARSER_SHARE = 0.5;

/** @param until on the clock of `performance.now()` */
async function fuzzParsers(seed: number, until: number): Promise<string[]> {
  const report = await runCampaign(seed, () => performance.now() < until);
  for (const [suite, { cases, accepted }] of Object.entries(report.tallies)) {
    const share = ((accepted / cases) * 100).toFixed(2);
    console.log(`${suite}: ${cases} cases, ${accepted} accepted (${share} %)`);
  }
  for (const [name, count] of report.exceptions) console.log(`exception «${name}»: ${count}`);
  return problemsOf(report);
}

async function fuzzGateway(seed: number, until: number): Promise<string[]> {
  const random = new Random(seed);
  const boundaries = await Http1BoundarySite.start();
  const http2 = await Http2BoundarySite.start();
  const answers = await startAnswersSite();
  const finds = (): string[] => [boundaries, http2, answers].flatMap(({ report }) => report.finds);
  try {
    do {
      await boundaries.run(random);
      await http2.run(random);
      await answers.run(random);
    } while (performance.now() < until && finds().length === 0);
  } finally {
    await boundaries.stop();
    await http2.stop();
    await answers.stop();
  }
  for (const [name, { report }] of Object.entries({ boundaries, http2 })) {
    const { streams, intended, received } = report;
    console.log(
      `${name}: ${streams} connections, ${intended} requests meant, ${received} upstream`,
    );
  }
  console.log(`answers: ${answers.report.answers} mutated, ${answers.report.passed} passed on`);
  return finds();
}

async function fuzz(minutes: number, seed: number): Promise<void> {
  console.log(`seed ${seed}, ${minutes} minutes`);
  const start = performance.now();
  const length = minutes * 60_000;
  const problems = [
    ...(await fuzzParsers(seed, start + length * PARSER_SHARE)),
    ...(await fuzzGateway(seed, start + length)),
  ];
  for (const problem of problems) console.log(`FOUND ${problem}`);
  console.log(problems.length === 0 ? 'nothing found' : `${problems.length} found, seed ${seed}`);
  if (problems.length > 0) process.exitCode = 1;
}

async function showCase(name: string): Promise<void> {
  const [suite = '', seed] = name.split(':');
  if (!isSuite(suite)) throw new ToolUseError(`no suite of the parsers is called ${suite}`);
  const { bytes, ...outcome } = await runCase(suite, Number(seed));
  console.log(JSON.stringify(bytes.toString('latin1')));
  console.dir(outcome, { depth: null });
}

await withOptions(
  {
    command: 'npm run fuzz --',
    summary: 'Has the gateway read mutated messages, and fails when it reads one as nobody may.',
    options: {
      minutes: { placeholder: 'N', default: '1', help: 'how long, up to 1440' },
      seed: { placeholder: 'S', help: 'of an earlier run, to have the same messages again' },
      case: { placeholder: 'SUITE:SEED', help: 'shows one case of the parsers again' },
    },
  },
  async ({ minutes = '1', seed, case: name }) => {
    if (name !== undefined) await showCase(name);
    else await fuzz(readAmount('minutes', minutes, 24 * 60), readSeed(seed));
  },
);
