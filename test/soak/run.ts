/**
 * `npm run soak -- --minutes N [--seed S] [--report FILE] [--without PART,...]` runs a real gateway with
 * two proxy threads under every kind of load and failure on both sides, with a reload a second, and
 * holds every answer against its request. Afterwards nothing may be left over. Prints a report, writes it
 * as JSON where asked, and fails when a promise was broken.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startGateway, unusedPort } from '../support/gateway.ts';
import { startOrigin } from '../support/origin.ts';
import { answerBrokenly } from './broken-upstream.ts';
import { configuration } from './configuration.ts';
import { Heaps } from './heaps.ts';
import { readParts } from './parts.ts';
import { reportAsText } from './report.ts';
import { soak } from './soak.ts';
import { answerSoundly } from './sound-upstream.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    report: { type: 'string' },
    without: { type: 'string', default: '' },
  },
});
const minutes = Number(values.minutes);
if (!(minutes > 0 && minutes <= 24 * 60)) throw new Error('--minutes takes more than 0 to 1440');
const without = readParts(values.without);
const seed = Number(values.seed ?? Date.now() % 0x1_0000_0000);

const workers = 2;
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
  if (values.report !== undefined) writeFileSync(values.report, JSON.stringify(report, null, 2));
  if (!report.promises.every(({ kept }) => kept)) process.exitCode = 1;
} catch (error) {
  console.error(error, gateway.output.slice(-5000));
  process.exitCode = 1;
} finally {
  if (gateway.exit === null) await gateway.stop();
  await sound.stop();
  await broken.stop();
}
