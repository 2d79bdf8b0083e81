import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { PostgresServer, withoutPostgres, type PostgresOptions } from './postgres.ts';

/** Where a gateway keeps its configuration: flags that a later gateway gets again to go on with it. */
export interface Place {
  readonly data: string;
  readonly database?: string;
}

/** Makes places of one kind of store for a suite. */
export interface Home {
  readonly kind: 'SQLite' | 'PostgreSQL';
  /** An empty place; deleted after the suite. */
  newPlace(): Promise<Place>;
  /** The server behind it. */
  readonly server: PostgresServer | undefined;
}

/** Declares a suite once for each kind of store that lives on. */
export function onEveryStore(
  title: string,
  define: (home: Home) => void,
  options: PostgresOptions = {},
): void {
  describe(`${title}, on SQLite`, () => {
    define(useFolders());
  });
  describe(`${title}, on PostgreSQL`, { skip: withoutPostgres }, () => {
    define(usePostgres(options));
  });
}

function useFolders(): Home {
  const folders: string[] = [];
  after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
  return {
    kind: 'SQLite',
    server: undefined,
    newPlace: () => {
      const data = mkdtempSync(join(tmpdir(), 'sluice-data-'));
      folders.push(data);
      return Promise.resolve({ data });
    },
  };
}

/** Places in databases of a server that the suite has for itself. */
export function usePostgres(options: PostgresOptions = {}): Home {
  const folders = useFolders();
  let server: PostgresServer | undefined;
  before(async () => {
    server = await PostgresServer.start(options);
  });
  after(() => server?.dispose());
  return {
    kind: 'PostgreSQL',
    get server() {
      return server;
    },
    newPlace: async () => {
      const { data } = await folders.newPlace();
      if (server === undefined) throw new Error('the server starts before the first test');
      return { data, database: await server.createDatabase() };
    },
  };
}
