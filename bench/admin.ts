/**
 * `npm run bench:admin`: how fast a configuration that lives in a store is written, read and imported,
 * and how soon a change is served.
 */
import { PostgresServer } from '../test/support/postgres.ts';
import { type AdminCase, adminCases } from './lib/admin-cases.ts';
import { writeReport } from './lib/report.ts';
import { resultsFolder, withLastRows, writeResult } from './lib/results.ts';
import { prepareSluice } from './lib/sluice.ts';
import { choose, progress, runSuite } from './lib/suite.ts';
import { toText } from './lib/table.ts';
import { type AdminRow, adminTable } from './lib/tables/admin.ts';
import { describeCommit } from './lib/tools.ts';

const about =
  'Measures writes, lists, imports and the way of a change, on SQLite and on PostgreSQL.';

await runSuite(about, async (session, options) => {
  const program = await prepareSluice(session, options.dist);
  const server = await PostgresServer.start({ durable: true });
  const rows: AdminRow[] = [];
  try {
    for (const one of choose(adminCases, options.only)) {
      for (const store of one.stores) {
        const { measured, p99 } = await one.run({
          session,
          program,
          server: store === 'PostgreSQL' ? server : undefined,
          quick: options.quick,
          rounds: options.rounds,
        });
        progress('');
        const { title, unit, goal } = one;
        const name = rowName(one, store);
        const times = p99 === undefined ? {} : { p99 };
        rows.push({ name, commit: describeCommit(), title, store, unit, measured, ...times, goal });
      }
    }
  } finally {
    await server.dispose();
  }
  const order = adminCases.flatMap((one) =>
    one.stores.map((store) => ({ name: rowName(one, store) })),
  );
  console.log(toText(adminTable(rows)));
  writeResult('admin', withLastRows('admin', order, rows, options), options);
  writeReport(resultsFolder(options));
});

function rowName({ name }: AdminCase, store: AdminRow['store']): string {
  return `${name} ${store}`;
}
