/**
 * `npm run test:kill -- [--rounds N] [--seed S]` kills gateways and PostgreSQL at random moments while
 * clients write, many times, and fails when something that was acknowledged is lost or half-done.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresServer } from '../support/postgres.ts';
import { readAmount, readSeed, withOptions } from '../support/tool-options.ts';
import { runKillRounds, type Victim } from './kill-rounds.ts';

await withOptions(
  {
    command: 'npm run test:kill --',
    summary: 'Kills gateways and PostgreSQL while clients write, and fails when a write is lost.',
    options: {
      rounds: { placeholder: 'N', default: '50', help: 'how often each is killed' },
      seed: { placeholder: 'S', help: 'of an earlier run, to have its moments again' },
    },
  },
  async ({ rounds = '50', seed }) =>
    run(Math.ceil(readAmount('rounds', rounds, 1e6)), readSeed(seed)),
);

async function run(rounds: number, seed: number): Promise<void> {
  console.log(`seed ${seed}, ${rounds} rounds each`);
  const folders: string[] = [];
  const server = await PostgresServer.start({ durable: true });
  let failed = false;
  try {
    await killing('the gateway, on SQLite', 'gateway', undefined);
    await killing('the gateway, on PostgreSQL', 'gateway', server);
    await killing('PostgreSQL', 'database', server);
  } finally {
    await server.dispose();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
  if (failed) process.exitCode = 1;

  async function killing(what: string, victim: Victim, database?: PostgresServer): Promise<void> {
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
}
