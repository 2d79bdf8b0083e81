/**
 * `npm run test:kill -- [--rounds N] [--seed S]` kills gateways and PostgreSQL at random moments while
 * clients write, many times, and fails when something that was acknowledged is lost or half-done.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PostgresServer } from '../support/postgres.ts';
import { runKillRounds, type Victim } from './kill-rounds.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '50' }, seed: { type: 'string' } },
});
const rounds = Number(values.rounds);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
console.log(`seed ${seed}, ${rounds} rounds each`);

const folders: string[] = [];
const server = await PostgresServer.start({ durable: true });
let failed = false;
try {
  await run('the gateway, on SQLite', 'gateway', undefined);
  await run('the gateway, on PostgreSQL', 'gateway', server);
  await run('PostgreSQL', 'database', server);
} finally {
  await server.dispose();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
if (failed) process.exitCode = 1;

async function run(what: string, victim: Victim, database?: PostgresServer): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'sluice-data-'));
  folders.push(data);
  const place =
    database === undefined ? { data } : { data, database: await database.createDatabase() };
  console.log(`killing ${what}`);
  const { acknowledged, problems } = await runKillRounds(
    victim,
    place,
    database,
    rounds,
    seed,
    (line) => console.log(`  ${line}`),
  );
  console.log(`  ${acknowledged} writes acknowledged, ${problems.length} lost or half-done`);
  for (const problem of problems) console.log(`  ${problem}`);
  failed ||= problems.length > 0;
}
