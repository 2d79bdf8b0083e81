/** `npm run bench:memory`: resident memory by number of routes, keys and idle connections. */
import { startBackend } from './lib/backend.ts';
import { type SiteShape, KEY_PATTERN, ROUTE_PATTERN, siteDocument } from './lib/documents.ts';
import { startWebSocketEcho } from './lib/edge/servers.ts';
import { handshake } from './lib/edge/web-socket-frames.ts';
import { affordable, openIdle } from './lib/idle-connections.ts';
import { KEY_FIELD, type Load, fill } from './lib/load.ts';
import { count } from './lib/format.ts';
import { BenchError } from './lib/bench-error.ts';
import { inspect, probe } from './lib/probe.ts';
import { writeReport } from './lib/report.ts';
import { resultsFolder, withLastRows, writeResult } from './lib/results.ts';
import { settledBytes } from './lib/settled.ts';
import { type Sluice, prepareSluice, startSluice } from './lib/sluice.ts';
import { choose, progress, runSuite } from './lib/suite.ts';
import { toText } from './lib/table.ts';
import { type MemoryRow, memoryTable } from './lib/tables/memory.ts';
import { checkMachine, describeCommit } from './lib/tools.ts';

interface Case {
  readonly name: string;
  readonly title: string;
  readonly threads?: number;
  readonly routes?: number;
  readonly keys?: number;
  /** Full reloads before memory is read. */
  readonly reloads?: number;
  readonly connections?: number;
  /** They are WebSockets. */
  readonly webSockets?: boolean;
  readonly goal?: string;
}

const routes = (number: number): Case => ({
  name: `routes-${number}`,
  title: `${count(number)} routes of a service each`,
  routes: number,
});
const keys = (number: number): Case => ({
  name: `keys-${number}`,
  title: `${count(number)} keys of a consumer each`,
  keys: number,
});

const cases: readonly Case[] = [
  { name: 'empty', title: 'One route' },
  routes(1000),
  routes(10_000),
  routes(100_000),
  keys(10_000),
  keys(100_000),
  keys(1_000_000),
  {
    name: 'keys-1000000-twice',
    title: '1,000,000 keys of a consumer each, in two threads',
    threads: 2,
    keys: 1_000_000,
  },
  {
    name: 'both',
    title: '100,000 routes and 1,000,000 keys',
    routes: 100_000,
    keys: 1_000_000,
  },
  {
    name: 'connections',
    title: '10,000 idle connections',
    connections: 10_000,
    goal: '≤ 20 KB each',
  },
  {
    name: 'websockets',
    title: '10,000 idle WebSockets',
    connections: 10_000,
    webSockets: true,
    goal: '≤ 25 KB each',
  },
  {
    name: 'reloads',
    title: '10,000 services, routes and consumers after five full reloads',
    threads: 2,
    routes: 10_000,
    keys: 10_000,
    reloads: 5,
    goal: '≤ 300 MB',
  },
];
const idlePath = fill(ROUTE_PATTERN, 0);
const idleRequest = `GET ${idlePath} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
const quickCases = ['empty', 'routes-1000', 'keys-10000', 'connections', 'websockets'];

const about = `Measures resident memory. Cases: ${cases.map(({ name }) => name).join(', ')}.`;

await runSuite(about, async (session, options) => {
  checkMachine(['nginx', 'taskset'], [options.cores.proxy, options.cores.load]);
  const program = await prepareSluice(session, options.dist);
  const backend = await startBackend(session, { core: options.cores.load, port: 0 });
  const echo = await startWebSocketEcho(session, options.cores.load);
  const chosen = options.only.length === 0 && options.quick ? quickCases : options.only;
  const rows: MemoryRow[] = [];
  for (const one of choose(cases, chosen)) {
    progress(one.title);
    const start = performance.now();
    const sluice = await startSluice(session, {
      program,
      document: siteDocument(shapeOf(one, one.webSockets === true ? echo.port : backend.port)),
      workers: one.threads ?? 1,
      flags: ['--idle-timeout', '10m', '--websocket-idle-timeout', '10m', ...heapFor(one)],
      patience: 10 * 60_000,
    });
    const seconds = (performance.now() - start) / 1000;
    if (one.webSockets !== true) await checkServed(sluice, one, backend.url);
    for (let generation = 1; generation <= (one.reloads ?? 0); generation++) {
      await sluice.reload(siteDocument({ ...shapeOf(one, backend.port), generation }));
    }
    const connections = affordable(one.connections ?? 0, one.webSockets === true ? 2 : 1);
    const [request, status] =
      one.webSockets === true ? [handshake(idlePath), 101] : [idleRequest, 200];
    const close = await openIdle(sluice.port, connections, request, status);
    const residentBytes = await settledBytes(sluice.child.pid);
    close();
    await sluice.child.stop();
    progress('');
    rows.push({
      name: one.name,
      commit: describeCommit(),
      title:
        connections === (one.connections ?? 0)
          ? one.title
          : `${count(connections)} idle ${one.webSockets === true ? 'WebSockets' : 'connections'} (the limit of open files allows no more)`,
      threads: one.threads ?? 1,
      residentBytes,
      units: connections || unitsOf(one),
      seconds,
      goal: one.goal ?? '',
    });
  }
  const all = withLastRows('memory', cases, rows, options);
  console.log(toText(memoryTable(all)));
  writeResult('memory', all, options);
  writeReport(resultsFolder(options));
});

/** More than the default only where that is not enough: room that is there is also used. */
function heapFor({ routes = 0, keys = 0 }: Case): string[] {
  return routes + keys >= 1_000_000 ? ['--thread-old-heap', '4096'] : [];
}

/** Routes or keys; with both of them, a share for each would mean nothing. */
function unitsOf({ routes, keys }: Case): number {
  return routes !== undefined && keys !== undefined ? 0 : (routes ?? keys ?? 0);
}

/** Keys are asked for on every route, so that each thread holds them ready. */
function shapeOf(one: Case, port: number): SiteShape {
  return {
    port,
    routes: one.routes ?? 1,
    path: ROUTE_PATTERN,
    consumers: one.keys ?? 0,
    plugins:
      one.keys === undefined ? [] : [{ name: 'key-auth', config: { key_names: [KEY_FIELD] } }],
  };
}

/** The last route and key work, not only the first. */
async function checkServed(sluice: Sluice, one: Case, backendUrl: string): Promise<void> {
  const load: Load = {
    path: fill(ROUTE_PATTERN, (one.routes ?? 1) - 1),
    paths: 1,
    bodyBytes: 0,
    connections: 1,
    ...(one.keys === undefined ? {} : { key: fill(KEY_PATTERN, one.keys - 1) }),
  };
  const expected = await probe(backendUrl, load);
  const problems = await inspect(sluice.url, load, one.keys !== undefined, expected);
  if (problems.length > 0) throw new BenchError(`${one.title}: ${problems.join('; ')}`);
}
