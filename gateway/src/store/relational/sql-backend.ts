import { isUuid } from '../../entities/schema/compile-scalar.ts';
import { childTables, type Entity, type TableName } from '../../entities/tables.ts';
import type { ListQuery, Page, TagQuery, TagUse } from '../contract.ts';
import type { UniqueKey } from '../keys.ts';
import type { Dependent, TransactionBackend, WritePlan } from '../transaction/backend.ts';
import { conflictOf, type Step } from './conflicts.ts';
import { FailedStatement, Violation, type Dialect, type Session } from './database.ts';
import { entityStatements } from './entity-statements.ts';
import { rowCodec } from './row-codec.ts';
import { SqlSource } from './sql-source.ts';
import { inChunks } from './tag-table.ts';
import { stepsOf } from './write-steps.ts';

/** Most statements that are handed to the database in one go. */
const MOST_AT_ONCE = 200;
/** Most ids in one statement. */
const MOST_IDS = 500;

/** Entities within a transaction of a relational database. */
export class SqlBackend implements TransactionBackend {
  readonly #dialect: Dialect;
  readonly #session: Session;
  readonly #source: SqlSource;

  constructor(dialect: Dialect, session: Session) {
    this.#dialect = dialect;
    this.#session = session;
    this.#source = new SqlSource(dialect, session);
  }

  get(table: TableName, id: string): Promise<Entity | undefined> {
    return this.#source.get(table, id);
  }

  find(key: UniqueKey, value: string): Promise<Entity | undefined> {
    return this.#source.find(key, value);
  }

  list(table: TableName, query: ListQuery): Promise<Page<Entity>> {
    return this.#source.list(table, query);
  }

  tags(query: TagQuery): Promise<Page<TagUse>> {
    return this.#source.tags(query);
  }

  namesOf(certificates: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    return this.#source.namesOf(certificates);
  }

  async lock(table: TableName, id: string): Promise<Entity | undefined> {
    if (!isUuid(id)) return undefined;
    const { lock } = entityStatements(this.#dialect, table);
    const [row] = await this.#session.rows(lock.with([id]));
    return row === undefined ? undefined : rowCodec(table).decode(row);
  }

  async dependents(table: TableName, id: string): Promise<readonly Dependent[]> {
    const { dependents } = entityStatements(this.#dialect, table);
    if (dependents === null) return [];
    const found: Dependent[] = [];
    const ids = new Map<string, { table: TableName; field: string; ids: string[] }>();
    for (const [by, field, child] of await this.#session.rows(
      dependents.with(childTables(table).map(() => id)),
    )) {
      const name = `${String(by)} ${String(field)}`;
      const group = ids.get(name) ?? { table: by as TableName, field: field as string, ids: [] };
      group.ids.push(child as string);
      ids.set(name, group);
    }
    for (const { table: by, field, ids: children } of ids.values()) {
      for (const entity of await this.#lockAll(by, children)) {
        found.push({ table: by, field, entity });
      }
    }
    return found;
  }

  async write(plan: WritePlan): Promise<void> {
    for (const steps of inChunks(stepsOf(this.#dialect, plan), MOST_AT_ONCE)) {
      await this.#run(steps);
    }
  }

  async #run(steps: readonly Step[]): Promise<void> {
    try {
      const results = await this.#session.runAll(steps.map(({ statement }) => statement));
      for (const [index, { verify }] of steps.entries()) verify?.(results[index] ?? []);
    } catch (error) {
      if (!(error instanceof FailedStatement)) throw error;
      const step = steps[error.index];
      if (step === undefined || !(error.cause instanceof Violation)) throw error.cause;
      throw await conflictOf(step, error.cause, this.#source);
    }
  }

  async #lockAll(table: TableName, ids: readonly string[]): Promise<Entity[]> {
    const { builder, locksRows } = this.#dialect;
    const { columns, decode } = rowCodec(table);
    const entities: Entity[] = [];
    for (const some of inChunks(ids, MOST_IDS)) {
      const query = builder.selectFrom(table).select(columns).where('id', 'in', some).orderBy('id');
      const locked = locksRows ? query.forUpdate() : query;
      for (const row of await this.#session.rows(locked.compile())) entities.push(decode(row));
    }
    return entities;
  }
}
