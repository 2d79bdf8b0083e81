/**
 * `npm run bench:migration`: what moving behind a gateway costs in throughput: clients direct to a
 * static file, through a public route, and through a route that asks for a key.
 */
import { backendPaths, startBackend } from './lib/backend.ts';
import type { Contestant } from './lib/contestants.ts';
import { KEY_PATTERN, siteDocument } from './lib/documents.ts';
import { KEY_FIELD, type Load } from './lib/load.ts';
import { proxySite, startNginx } from './lib/nginx.ts';
import { inspect, probe } from './lib/probe.ts';
import { writeReport } from './lib/report.ts';
import { resultsFolder, writeResult } from './lib/results.ts';
import { measureRounds } from './lib/rounds.ts';
import { prepareSluice, startSluice } from './lib/sluice.ts';
import { ratiosOf, spreadOf } from './lib/stats.ts';
import { progress, runSuite } from './lib/suite.ts';
import { summarise } from './lib/summary.ts';
import { toText } from './lib/table.ts';
import { type MigrationRow, migrationTable } from './lib/tables/migration.ts';
import { checkMachine } from './lib/tools.ts';
import { driveWrk } from './lib/wrk-drive.ts';

const FILE_BYTES = 1024;
const CONNECTIONS = 400;
const NGINX = 'nginx as proxy';

const about = 'Measures how much throughput is lost behind Sluice, with 400 connections.';

await runSuite(about, async (session, options) => {
  const { proxy: proxyCore, load: loadCore } = options.cores;
  checkMachine(['nginx', 'wrk', 'taskset'], [proxyCore, loadCore]);
  const program = await prepareSluice(session, options.dist);
  const backend = await startBackend(session, { core: loadCore, port: 0, fileBytes: FILE_BYTES });
  const nginx = await startNginx(session, {
    name: 'nginx',
    core: proxyCore,
    ...proxySite(backend.port),
  });
  const sluice = await startSluice(session, {
    program,
    document: twoRoutes(backend.port),
    workers: 1,
    cores: String(proxyCore),
  });

  const open: Load = { path: backendPaths.file, paths: 1, bodyBytes: 0, connections: CONNECTIONS };
  const keyed: Load = { ...open, key: KEY_PATTERN, keys: 1, headers: { Host: 'authorised.test' } };
  const stop = (): Promise<void> => Promise.resolve();
  const through = { url: sluice.url, pid: sluice.child.pid, stop };
  const ways: Contestant[] = [
    { name: 'direct', url: backend.url, pid: null, load: open, guarded: false, stop },
    { ...through, name: 'Sluice, public route', load: open, guarded: false },
    { ...through, name: 'Sluice, authorised route', load: keyed, guarded: true },
    {
      name: NGINX,
      url: nginx.url,
      pid: nginx.child.pid,
      load: open,
      guarded: false,
      stop,
    },
  ];

  const expected = await probe(backend.url, open);
  const rounds = await measureRounds(ways, {
    ...options,
    drive: driveWrk(session, options.cores.load, expected.bodyBytes),
    onRound: (round) => progress(`round ${round + 1} of ${options.rounds}`),
  });
  progress('');

  const rates = rounds.map((list) => list.map(({ requests, seconds }) => requests / seconds));
  const base = rounds[ways.findIndex(({ name }) => name === NGINX)] ?? [];
  const rows: MigrationRow[] = [];
  for (const [index, { name, url, load, guarded }] of ways.entries()) {
    const result = summarise(name, rounds[index] ?? [], base);
    const faults = await inspect(url, load, guarded, expected);
    if (faults.length > 0) process.exitCode = 1;
    const losses = ratiosOf(rates[index] ?? [], rates[0] ?? []).map((ratio) => 1 - ratio);
    rows.push({
      title: name,
      fileBytes: FILE_BYTES,
      result: { ...result, problems: [...faults, ...result.problems] },
      loss: index === 0 || losses.length === 0 ? null : spreadOf(losses),
    });
  }
  console.log(toText(migrationTable(rows)));
  writeResult('migration', rows, options);
  writeReport(resultsFolder(options));
});

function twoRoutes(port: number): object {
  const site = siteDocument({ port, routes: 1, path: '/', consumers: 1 });
  site.services.push({
    name: 'authorised',
    host: '127.0.0.1',
    port,
    routes: [{ name: 'authorised', hosts: ['authorised.test'], strip_path: false }],
    plugins: [{ name: 'key-auth', config: { key_names: [KEY_FIELD] } }],
  });
  return site;
}
