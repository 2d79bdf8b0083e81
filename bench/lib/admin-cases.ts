import type { JsonObject } from '../../test/support/admin-client.ts';
import type { PostgresServer } from '../../test/support/postgres.ts';
import { siteDocument } from './documents.ts';
import type { Session } from './session.ts';
import { quantile, spreadOf } from './stats.ts';
import { importInto, newStore, startStoreNode, type StoreNode } from './store-node.ts';
import { progress } from './suite.ts';
import type { AdminRow } from './tables/admin.ts';
import { until } from './until.ts';

type StoreKind = AdminRow['store'];
type Measured = Pick<AdminRow, 'measured' | 'p99'>;

/** What a case needs to run. */
export interface AdminBench {
  readonly session: Session;
  readonly program: string;
  /** For PostgreSQL; undefined measures SQLite. */
  readonly server: PostgresServer | undefined;
  readonly quick: boolean;
  readonly rounds: number;
}

export interface AdminCase {
  readonly name: string;
  readonly title: string;
  readonly stores: readonly StoreKind[];
  readonly unit: AdminRow['unit'];
  readonly goal: number;
  readonly run: (bench: AdminBench) => Promise<Measured>;
}

const both: readonly StoreKind[] = ['SQLite', 'PostgreSQL'];

export const adminCases: readonly AdminCase[] = [
  {
    name: 'create',
    title: 'Services created through one connection',
    stores: ['SQLite'],
    unit: '1/s',
    goal: 500,
    run: (bench) => measureCreates(bench, 1),
  },
  {
    name: 'create-by-ten',
    title: 'Services created by ten clients',
    stores: ['PostgreSQL'],
    unit: '1/s',
    goal: 500,
    run: (bench) => measureCreates(bench, 10),
  },
  {
    name: 'list',
    title: 'A list of 1,000 of 100,000 services',
    stores: both,
    unit: 'ms',
    goal: 50,
    run: measureLists,
  },
  {
    name: 'live',
    title: 'From the answer to a write until all threads serve it, among 10,000 entities',
    stores: both,
    unit: 'ms',
    goal: 100,
    run: measureLive,
  },
  {
    name: 'nodes',
    title: 'From the answer to a write until another node serves it',
    stores: ['PostgreSQL'],
    unit: 'ms',
    goal: 1000,
    run: measureNodes,
  },
  {
    name: 'import',
    title: 'Import of 100,000 entities',
    stores: both,
    unit: 's',
    goal: 60,
    run: measureImport,
  },
];

/** So many entities: a quarter services, routes, consumers and keys each. */
function siteOf(entities: number): object {
  const path = '/api/service-{n}/';
  return siteDocument({ port: 9, routes: entities / 4, path, consumers: entities / 4 });
}

function servicesOnly(length: number): object {
  const services = Array.from({ length }, (_, index) => ({
    name: `service-${index}`,
    host: `service-${index}.internal`,
    tags: ['bench'],
  }));
  return { _format_version: '3.0', services };
}

async function measureCreates(bench: AdminBench, clients: number): Promise<Measured> {
  const { session, program, server, quick, rounds } = bench;
  const node = await startStoreNode(session, program, await newStore(session, server));
  const rates: number[] = [];
  const each = quick ? 100 : 2000;
  let next = 0;
  for (let round = 0; round <= rounds; round++) {
    progress(`creates, round ${round} of ${rounds}`);
    const end = next + each;
    const start = performance.now();
    const create = async (): Promise<void> => {
      while (next < end) {
        const body = { name: `service-${next++}`, host: 'service.internal', tags: ['bench'] };
        await node.admin.json('POST', '/services', body);
      }
    };
    await Promise.all(Array.from({ length: clients }, create));
    // The first round warms up.
    if (round > 0) rates.push((each * 1000) / (performance.now() - start));
  }
  await stop(node);
  return { measured: spreadOf(rates) };
}

async function measureLists({ session, program, server, quick, rounds }: AdminBench) {
  const store = await newStore(session, server);
  progress('import for lists');
  await importInto(session, program, store, servicesOnly(quick ? 2000 : 100_000));
  const node = await startStoreNode(session, program, store);
  const times: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    progress(`lists, round ${round} of ${rounds}`);
    let query: string | undefined = '';
    while (query !== undefined) {
      const start = performance.now();
      const { offset }: JsonObject = await node.admin.json('GET', `/services?size=1000${query}`);
      if (round > 0) times.push(performance.now() - start);
      query = typeof offset === 'string' ? `&offset=${encodeURIComponent(offset)}` : undefined;
    }
  }
  await stop(node);
  return timesOf(times);
}

async function measureLive({ session, program, server, quick }: AdminBench): Promise<Measured> {
  const store = await newStore(session, server);
  await importInto(session, program, store, siteOf(quick ? 1000 : 10_000));
  const node = await startStoreNode(session, program, store);
  const times: number[] = [];
  for (let index = 0; index < (quick ? 5 : 200); index++) {
    progress(`write ${index}`);
    const body = { paths: [`/changed-${index}/`] };
    const { status, headers } = await node.admin.send('PATCH', '/routes/route-7', body);
    const answered = performance.now();
    if (status !== 200) throw new Error(`PATCH of a route: ${status}`);
    times.push((await node.serves(Number(headers['x-sluice-revision']))) - answered);
  }
  await stop(node);
  return timesOf(times);
}

async function measureNodes({ session, program, server, quick }: AdminBench): Promise<Measured> {
  const store = await newStore(session, server);
  const database = store.slice(2);
  await importInto(session, program, store, siteOf(quick ? 1000 : 10_000));
  const one = await startStoreNode(session, program, store);
  const other = await startStoreNode(session, program, [
    ...['--data', session.folder('other')],
    ...database,
  ]);
  const times: number[] = [];
  for (let index = 0; index < (quick ? 3 : 100); index++) {
    progress(`write ${index}`);
    const path = `/nodes-${index}`;
    const plugins = { name: 'request-termination', config: { status_code: 204 } };
    if (index === 0) await one.admin.json('POST', '/routes/route-7/plugins', plugins);
    await one.admin.json('PATCH', '/routes/route-7', { paths: [path] });
    const answered = performance.now();
    const isServed = async (): Promise<boolean> => {
      const { status } = await fetch(`${other.url}${path}`);
      return status === 204;
    };
    await until('the other node serves it', isServed, { interval: 1 });
    times.push(performance.now() - answered);
  }
  await stop(one);
  await stop(other);
  return timesOf(times);
}

async function measureImport({ session, program, server, quick }: AdminBench): Promise<Measured> {
  progress('import');
  const site = siteOf(quick ? 1000 : 100_000);
  const time = await importInto(session, program, await newStore(session, server), site);
  return { measured: spreadOf([time / 1000]) };
}

function timesOf(times: readonly number[]): Measured {
  const sorted = Float64Array.from(times).sort();
  return { measured: spreadOf(times), p99: quantile(sorted, 0.99) };
}

async function stop(node: StoreNode): Promise<void> {
  node.admin.close();
  await node.child.stop();
}
