/** `npm run bench:tcp`: what it costs to pass the bytes of connections on, beside nginx's `stream`. */
import { unusedPort } from '../test/support/unused-port.ts';
import { backendPaths, startBackend } from './lib/backend.ts';
import type { Contestant } from './lib/contestants.ts';
import type { Load } from './lib/load.ts';
import { startNginxStream } from './lib/nginx-stream.ts';
import { inspect, probe } from './lib/probe.ts';
import { writeReport } from './lib/report.ts';
import { resultsFolder, withLastRows, writeResult } from './lib/results.ts';
import { measureRounds, type Round } from './lib/rounds.ts';
import { prepareSluice, startSluice } from './lib/sluice.ts';
import { ratiosOf, spreadOf } from './lib/stats.ts';
import { progress, runSuite } from './lib/suite.ts';
import { summarise } from './lib/summary.ts';
import { toText } from './lib/table.ts';
import { type TcpRow, tcpTable } from './lib/tables/tcp.ts';
import { checkMachine, describeCommit } from './lib/tools.ts';
import { driveWrk } from './lib/wrk-drive.ts';

const NGINX = 'nginx stream';
const FILE_BYTES = 2 ** 20;

const about = 'Measures what it costs to pass the bytes of connections on, beside nginx.';

/** What clients do; wrk speaks HTTP, of which the proxies know nothing. */
const loads: { name: string; title: string; unit: string; bytes: number; load: Load }[] = [
  {
    name: 'content',
    title: 'long content: 1 MiB a piece, 16 connections',
    unit: 'pieces',
    bytes: FILE_BYTES,
    load: { path: backendPaths.file, paths: 1, bodyBytes: 0, connections: 16 },
  },
  {
    name: 'to-and-fro',
    title: 'to and fro: 200 bytes a piece, 64 connections',
    unit: 'pieces',
    bytes: 200,
    load: { path: '/', paths: 1, bodyBytes: 0, connections: 64 },
  },
  {
    name: 'connections',
    title: 'a connection each, 64 at once',
    unit: 'connections',
    bytes: 200,
    load: {
      ...{ path: '/', paths: 1, bodyBytes: 0, connections: 64 },
      headers: { Connection: 'close' },
    },
  },
];

await runSuite(about, async (session, options) => {
  const { proxy: proxyCore, load: loadCore } = options.cores;
  checkMachine(['nginx', 'wrk', 'taskset'], [proxyCore, loadCore]);
  const program = await prepareSluice(session, options.dist);
  const backend = await startBackend(session, { core: loadCore, port: 0, fileBytes: FILE_BYTES });
  const nginx = await startNginxStream(session, { name: NGINX, core: proxyCore }, backend.port);
  const port = await unusedPort();
  const sluice = await startSluice(session, {
    program,
    document: streamDocument(port, backend.port),
    workers: 1,
    cores: String(proxyCore),
    flags: ['--stream-listen', `127.0.0.1:${port}`],
  });
  const stop = (): Promise<void> => Promise.resolve();
  const ways = [
    { name: 'direct', url: backend.url, pid: null },
    { name: NGINX, url: nginx.url, pid: nginx.child.pid },
    { name: 'Sluice', url: `http://127.0.0.1:${port}`, pid: sluice.child.pid },
  ];
  const base = ways.findIndex(({ name }) => name === NGINX);

  const order = loads.flatMap(({ name }) => ways.map((way) => ({ name: `${name} ${way.name}` })));
  const rows: TcpRow[] = [];
  const chosen = loads.filter(
    ({ name }) => options.only.length === 0 || options.only.includes(name),
  );
  for (const { name: loadName, title, unit, bytes, load } of chosen) {
    const contestants: Contestant[] = ways.map((way) => ({ ...way, load, guarded: false, stop }));
    const expected = await probe(backend.url, load);
    const rounds = await measureRounds(contestants, {
      ...options,
      drive: driveWrk(session, loadCore, expected.bodyBytes),
      onRound: (round) => progress(`${title}: round ${round + 1} of ${options.rounds}`),
    });
    progress('');
    for (const [index, { name, url }] of contestants.entries()) {
      const own = rounds[index] ?? [];
      const result = summarise(name, own, rounds[base] ?? []);
      const faults = await inspect(url, load, false, expected);
      if (faults.length > 0) process.exitCode = 1;
      const throughput = ratiosOf(ratesOf(own), ratesOf(rounds[base] ?? []));
      rows.push({
        ...{ name: `${loadName} ${name}`, commit: describeCommit(), load: title, unit, bytes },
        result: { ...result, problems: [...faults, ...result.problems] },
        throughput: name !== 'Sluice' || throughput.length === 0 ? null : spreadOf(throughput),
      });
    }
  }
  console.log(toText(tcpTable(rows)));
  writeResult('tcp', withLastRows('tcp', order, rows, options), options);
  writeReport(resultsFolder(options));
});

function ratesOf(rounds: readonly Round[]): number[] {
  return rounds.map(({ requests, seconds }) => requests / seconds);
}

function streamDocument(listenPort: number, backendPort: number): object {
  const route = { name: 'r', protocols: ['tcp'], destinations: [{ port: listenPort }] };
  const service = { name: 's', protocol: 'tcp', host: '127.0.0.1', port: backendPort };
  return { _format_version: '3.0', services: [{ ...service, routes: [route] }] };
}
