import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AdminClient } from '../../test/support/admin-client.ts';
import { adminToken } from '../../test/support/gateway.ts';
import type { PostgresServer } from '../../test/support/postgres.ts';
import { unusedPort } from '../../test/support/unused-port.ts';
import type { Child } from './child.ts';
import type { Session } from './session.ts';
import { until } from './until.ts';

/** Where a configuration is kept: the flags that say so. */
export type StoreFlags = readonly string[];

/** An empty store: in a folder, or in a database of this server. */
export async function newStore(session: Session, server?: PostgresServer): Promise<StoreFlags> {
  const folder = join(session.folder('store'), 'data');
  const database = server === undefined ? [] : ['--database', await server.createDatabase()];
  return ['--data', folder, ...database];
}

/** Brings a document into a store, and returns how long that took, ms. */
export async function importInto(
  session: Session,
  program: string,
  store: StoreFlags,
  document: object,
): Promise<number> {
  const file = join(session.folder('import'), 'site.json');
  writeFileSync(file, JSON.stringify(document));
  const start = performance.now();
  const args = [program, 'import', file, ...store];
  await session.run({ name: 'sluice import', command: process.execPath, args });
  return performance.now() - start;
}

/** A running gateway on a store. */
export interface StoreNode {
  readonly child: Child;
  readonly admin: AdminClient;
  readonly url: string;
  /** Resolves once every thread serves this revision. @returns on the clock of `performance.now()` */
  serves(revision: number): Promise<number>;
}

/** Starts a gateway with two threads on a store and resolves when it is ready. */
export async function startStoreNode(
  session: Session,
  program: string,
  store: StoreFlags,
): Promise<StoreNode> {
  const tokenFile = join(session.folder('token'), 'token');
  writeFileSync(tokenFile, adminToken, { mode: 0o600 });
  const [proxyPort, adminPort, statusPort] = [
    await unusedPort(),
    await unusedPort(),
    await unusedPort(),
  ];
  const child = session.start({
    name: 'sluice',
    command: process.execPath,
    args: [
      ...[program, 'start', ...store, '--proxy-listen', `127.0.0.1:${proxyPort}`],
      ...['--admin-listen', `127.0.0.1:${adminPort}`, '--admin-token-file', tokenFile],
      ...['--status-listen', `127.0.0.1:${statusPort}`, '--workers', '2'],
      ...['--access-log', 'off', '--log-level', 'warn'],
    ],
  });
  const status = `http://127.0.0.1:${statusPort}`;
  const isReady = async (): Promise<boolean> => {
    child.assertRunning();
    return fetch(`${status}/status/ready`).then(
      (response) => response.ok,
      () => false,
    );
  };
  await until('Sluice is ready', isReady, { timeout: 120_000 });
  return {
    child,
    admin: new AdminClient(adminPort),
    url: `http://127.0.0.1:${proxyPort}`,
    serves: async (revision) => {
      const isServed = async (): Promise<boolean> => {
        const report = (await (await fetch(`${status}/status`)).json()) as { revision: number };
        return report.revision >= revision;
      };
      await until(`revision ${revision} is served`, isServed, { interval: 1 });
      return performance.now();
    },
  };
}
