/**
 * `npm run soak -- --minutes N [--seed S] [--report FILE] [--without PART,...]` runs a real gateway with
 * two proxy threads under every kind of load and failure on both sides, with a reload a second, and
 * holds every answer against its request. Afterwards nothing may be left over. Prints a report, writes it
 * as JSON where asked, and fails when a promise was broken.
 */
import { writeFileSync } from 'node:fs';
import { startGateway } from '../support/gateway.ts';
import { startOrigin } from '../support/origin.ts';
import { readAmount, readSeed, withOptions } from '../support/tool-options.ts';
import { unusedPort } from '../support/unused-port.ts';
import { answerBrokenly } from './broken-upstream.ts';
import { configuration } from './configuration.ts';
import { Heaps } from './heaps.ts';
import { PARTS, readParts, type Part } from './parts.ts';
import { reportAsText } from './report.ts';
import { soak } from './soak.ts';
import { answerSoundly } from './sound-upstream.ts';

const workers = 2;

await withOptions(
  {
    command: 'npm run soak --',
    summary:
      'Runs a gateway under every kind of load and failure, and fails when a promise was broken.',
    options: {
      minutes: { placeholder: 'N', default: '10', help: 'how long, up to 1440' },
      seed: { placeholder: 'S', help: 'of an earlier run, to have the same load again' },
      report: { placeholder: 'FILE', help: 'writes the report there, as JSON' },
      without: { placeholder: 'PART,…', help: `leaves parts of the load out: ${PARTS.join()}` },
    },
  },
  async ({ minutes = '10', seed, report, without = '' }) =>
    run(readAmount('minutes', minutes, 24 * 60), readSeed(seed), readParts(without), report),
);

async function run(
  minutes: number,
  seed: number,
  without: ReadonlySet<Part>,
  reportFile: string | undefined,
): Promise<void> {
  const heaps = new Heaps();
  process.on('exit', () => heaps.dispose());
  const sound = await startOrigin(answerSoundly);
  const broken = await startOrigin(answerBrokenly);
  const ports = { sound: sound.port, broken: broken.port, refusing: await unusedPort() };
  const gateway = await startGateway({
    config: configuration(ports, 0),
    listen: '127.0.0.1:0 http2, 127.0.0.1:0 ssl http2',
    workers,
    flags: [
      // Short enough to see kept connections go in the end.
      ...['--upstream-keepalive-idle-timeout', '5s'],
      // Few enough to be full before memory counts: there is one for each route and consumer.
      ...['--metrics-max-series', '1000'],
    ],
    env: heaps.environment,
  });

  try {
    console.log(`seed ${seed}, ${minutes} minutes, gateway ${gateway.pid}`);
    const report = await soak({
      gateway,
      workers,
      heaps,
      sound,
      broken,
      ports,
      minutes,
      seed,
      without,
    });
    console.log(reportAsText(report));
    if (reportFile !== undefined) writeFileSync(reportFile, JSON.stringify(report, null, 2));
    if (!report.promises.every(({ kept }) => kept)) process.exitCode = 1;
  } catch (error) {
    console.error(error, gateway.output.slice(-5000));
    process.exitCode = 1;
  } finally {
    if (gateway.exit === null) await gateway.stop();
    await sound.stop();
    await broken.stop();
  }
}
