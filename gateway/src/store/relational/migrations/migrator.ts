import { OperatorError } from '../../../errors.ts';
import { version as programVersion } from '../../../version.ts';
import type { Database, Session, Statement } from '../database.ts';
import { migrations } from './list.ts';

export interface MigrationStatus {
  /** Version of the tables; 0 when there are none. */
  readonly current: number;
  /** The newest version that this program knows. */
  readonly newest: number;
  /** What has to be done to get there, in words. */
  readonly pending: readonly string[];
}

/** What a migration needs to know of its database besides the dialect. */
export interface MigrationTarget {
  readonly database: Database;
  /** Gives a row when the table of migrations is there. */
  readonly hasTable: Statement;
  /** Keeps others from migrating until the end of the transaction; null when they cannot anyway. */
  readonly lock: readonly Statement[];
}

const table = 'schema_migrations';

/** @throws OperatorError when the tables are newer than the program */
export async function migrationStatus({
  database,
  hasTable,
}: MigrationTarget): Promise<MigrationStatus> {
  return database.read(async (session) => {
    const exists = (await session.rows(hasTable)).length > 0;
    return statusOf(exists ? await lastMigration(database, session) : undefined);
  });
}

/**
 * Brings the tables to the newest version. Safe to call from several processes at once.
 *
 * @returns what was done
 * @throws OperatorError when the tables are newer than the program
 */
export async function migrate(target: MigrationTarget): Promise<readonly string[]> {
  if ((await migrationStatus(target)).pending.length === 0) return [];
  const { database, lock } = target;
  const { kind, builder } = database.dialect;
  const { value } = await database.transaction(async (session) => {
    for (const statement of lock) await session.rows(statement);
    await session.rows(plain(createTable(kind)));
    const { current, pending } = statusOf(await lastMigration(database, session));
    for (const migration of migrations) {
      if (migration.version <= current) continue;
      for (const sql of migration.statements(kind)) await session.rows(plain(sql));
      const done = {
        version: migration.version,
        title: migration.title,
        program: programVersion,
        applied_at: Date.now(),
      };
      await session.rows(builder.insertInto(table).values(done).compile());
    }
    return { value: pending, last: [] };
  });
  return value;
}

interface Applied {
  readonly version: number;
  /** Version of the program that did it. */
  readonly program: string;
}

async function lastMigration(
  { dialect }: Database,
  session: Session,
): Promise<Applied | undefined> {
  const query = dialect.builder
    .selectFrom(table)
    .select(['version', 'program'])
    .orderBy('version', 'desc')
    .limit(1);
  const [row] = await session.rows(query.compile());
  return row === undefined ? undefined : { version: row[0] as number, program: row[1] as string };
}

function statusOf(applied: Applied | undefined): MigrationStatus {
  const newest = migrations.at(-1)?.version ?? 0;
  const current = applied?.version ?? 0;
  if (applied !== undefined && current > newest) {
    const message =
      `the database has tables of version ${current}, made by Sluice ${applied.program}; ` +
      `this is Sluice ${programVersion}, which knows versions up to ${newest}`;
    throw new OperatorError(message, {
      help: `Start Sluice ${applied.program} or later with this database.`,
    });
  }
  const pending = migrations.filter(({ version }) => version > current);
  return { current, newest, pending: pending.map(({ version, title }) => `${version}: ${title}`) };
}

function createTable(kind: Database['dialect']['kind']): string {
  const integer = kind === 'sqlite' ? 'INTEGER' : 'bigint';
  return `CREATE TABLE IF NOT EXISTS ${table} (
  version ${integer} NOT NULL PRIMARY KEY,
  title text NOT NULL,
  program text NOT NULL,
  applied_at ${integer} NOT NULL
)`;
}

function plain(sql: string): Statement {
  return { sql, parameters: [], mayTakeLong: true };
}
