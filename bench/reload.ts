/**
 * `npm run bench:reload`: how long a changed configuration takes to go live, and what requests feel
 * of it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { startBackend } from './lib/backend.ts';
import { type SiteDocument, siteDocument } from './lib/documents.ts';
import { PacedLoad, type LoggedRequest } from './lib/h2load.ts';
import { KEY_FIELD, type Load } from './lib/load.ts';
import type { BenchOptions } from './lib/options.ts';
import { writeReport } from './lib/report.ts';
import { resultsFolder, withLastRows, writeResult } from './lib/results.ts';
import type { Session } from './lib/session.ts';
import { type Span, nowMicros, reportOf } from './lib/slowest.ts';
import { type Sluice, prepareSluice, startSluice } from './lib/sluice.ts';
import { spreadOf } from './lib/stats.ts';
import { choose, progress, runSuite } from './lib/suite.ts';
import { toText } from './lib/table.ts';
import { type ReloadRow, reloadTable } from './lib/tables/reload.ts';
import { checkMachine, describeCommit } from './lib/tools.ts';
import { toYaml } from './lib/yaml.ts';

/** Requests a second during reloads: enough to see a stall, few enough to leave a core to work. */
const RATE = 1000;
const STEADY_KEY = 'steady-9b1deb4d3b7d';
/** Requests of this long after a reload still count as met by it: threads tidy up behind it, ms. */
const AFTERMATH = 3000;

type Change = ReloadRow['change'];
interface Reload {
  readonly change: Change;
  /** ms */
  readonly live: number;
  readonly span: Span;
}

interface Case {
  readonly name: string;
  readonly size: number;
  readonly format: ReloadRow['format'];
}

const changes: readonly Change[] = ['all', 'one'];
const cases: readonly Case[] = [1000, 10_000].flatMap((size) =>
  (['json', 'yaml'] as const).map((format) => ({ name: `${format}-${size}`, size, format })),
);
const quickCases = ['json-1000', 'yaml-1000'];
/** Of all rows. */
const order = cases.flatMap((one) => changes.map((change) => ({ name: rowName(one, change) })));

const about = `Measures reloads of JSON and YAML under load, with everything changed and with one route changed.
Cases: ${cases.map(({ name }) => name).join(', ')}.`;
const load: Load = {
  path: '/steady/orders',
  paths: 1,
  key: STEADY_KEY,
  keys: 1,
  bodyBytes: 0,
  connections: 20,
};

await runSuite(about, async (session, options) => {
  const { proxy, load: loadCore } = options.cores;
  checkMachine(['nginx', 'h2load', 'taskset'], [proxy, loadCore]);
  const program = await prepareSluice(session, options.dist);
  const backend = await startBackend(session, { core: loadCore, port: 0 });
  const rows: ReloadRow[] = [];
  const chosen = options.only.length === 0 && options.quick ? quickCases : options.only;
  for (const one of choose(cases, chosen)) {
    const sluice = await startSluice(session, {
      program,
      document: textOf(siteOf(backend.port, one.size, 0), one.format),
      format: one.format,
      workers: 2,
      cores: `${proxy},${loadCore}`,
    });
    rows.push(...(await measureReloads(session, options, sluice, backend.port, one)));
    await sluice.child.stop();
  }
  const all = withLastRows('reload', order, rows, options);
  console.log(toText(reloadTable(all)));
  writeResult('reload', all, options);
  writeReport(resultsFolder(options));
});

async function measureReloads(
  session: Session,
  options: BenchOptions,
  sluice: Sluice,
  port: number,
  one: Case,
): Promise<ReloadRow[]> {
  const { size, format } = one;
  const clients = new PacedLoad(session, sluice.url, load, RATE, 3600, options.cores.load);
  await delay(1000 * Math.max(1, options.warmup));
  const quietFrom = nowMicros();
  await delay(1000 * options.seconds);
  const quiet: Span = { from: quietFrom, to: nowMicros() };

  const reloads: Reload[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    const site = siteOf(port, size, round);
    for (const change of changes) {
      progress(`${size} ${format}, round ${round} of ${options.rounds}, ${change} changed`);
      if (change === 'one') changeOneRoute(site);
      const text = textOf(site, format);
      // What came before has had its aftermath: it is quiet again.
      const from = nowMicros();
      const live = await sluice.reload(text);
      clients.assertRunning();
      await delay(AFTERMATH);
      reloads.push({ change, live, span: { from, to: nowMicros() } });
    }
  }
  progress('');
  const requests = await clients.stop();
  return changes.map((change) => ({
    name: rowName(one, change),
    commit: describeCommit(),
    size,
    format,
    change,
    ...summarise(
      requests,
      quiet,
      reloads.filter((reload) => reload.change === change),
    ),
  }));
}

function summarise(
  requests: readonly LoggedRequest[],
  quiet: Span,
  reloads: readonly Reload[],
): Pick<ReloadRow, 'live' | 'quiet' | 'slowest' | 'rate' | 'problems'> {
  const calm = reportOf(requests, quiet);
  const reports = reloads.map(({ span }) => reportOf(requests, span));
  const failures = reports.reduce((sum, report) => sum + report.failures, calm.failures);
  return {
    live: spreadOf(reloads.map((reload) => reload.live)),
    quiet: calm.slowest,
    slowest: spreadOf(reports.map((report) => report.slowest)),
    rate: calm.requests / ((quiet.to - quiet.from) / 1e6),
    problems: [
      ...(failures > 0 ? [`${failures} requests failed`] : []),
      ...(calm.requests === 0 ? ['no requests at all'] : []),
    ],
  };
}

/** So many services, routes, consumers and keys, and one more of each that the load uses. */
function siteOf(port: number, size: number, generation: number): SiteDocument {
  const site = siteDocument({
    port,
    routes: size,
    path: '/api/service-{n}/',
    consumers: size,
    plugins: [{ name: 'key-auth', config: { key_names: [KEY_FIELD] } }],
    generation,
  });
  const routes = [{ name: 'steady', paths: ['/steady'], strip_path: false }];
  site.services.push({ name: 'steady', host: '127.0.0.1', port, routes });
  site.consumers.push({ username: 'steady', keyauth_credentials: [{ key: STEADY_KEY }] });
  return site;
}

function rowName({ name }: Case, change: Change): string {
  return `${name}-${change}`;
}

function changeOneRoute(site: SiteDocument): void {
  const routes = site.services[0]?.['routes'] as { paths: string[] }[];
  routes[0]?.paths.push('/one-more');
}

function textOf(site: SiteDocument, format: ReloadRow['format']): string {
  return format === 'json' ? JSON.stringify(site) : `${toYaml(site).trimStart()}\n`;
}
