import { isUuid } from '../../entities/schema/compile-scalar.ts';
import type { Entity, TableName } from '../../entities/tables.ts';
import type { ListQuery, Page, TagQuery, TagUse } from '../contract.ts';
import type { UniqueKey } from '../keys.ts';
import type { EntitySource } from '../transaction/backend.ts';
import type { Dialect, Session, Statement } from './database.ts';
import { entityStatements, findStatement } from './entity-statements.ts';
import { readList } from './list-query.ts';
import { rowCodec } from './row-codec.ts';
import { readTags } from './tag-table.ts';

/** Entities as one session sees them. */
export class SqlSource implements EntitySource {
  readonly #dialect: Dialect;
  readonly #session: Session;

  constructor(dialect: Dialect, session: Session) {
    this.#dialect = dialect;
    this.#session = session;
  }

  async get(table: TableName, id: string): Promise<Entity | undefined> {
    // What is no id is the id of nothing; PostgreSQL would call it an error.
    if (!isUuid(id)) return undefined;
    return this.#one(table, entityStatements(this.#dialect, table).get.with([id]));
  }

  find(key: UniqueKey, value: string): Promise<Entity | undefined> {
    if (value.includes('\0')) return Promise.resolve(undefined);
    return this.#one(key.table, findStatement(this.#dialect, key, value));
  }

  async list(table: TableName, query: ListQuery): Promise<Page<Entity>> {
    const { where } = query;
    if (where !== undefined && !isUuid(where.id)) return { items: [], next: undefined };
    return readList(this.#dialect, this.#session, table, query);
  }

  async tags(query: TagQuery): Promise<Page<TagUse>> {
    return readTags(this.#dialect, this.#session, query);
  }

  async namesOf(certificates: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const statement = this.#dialect.builder
      .selectFrom('snis')
      .select(['certificate_id', 'name'])
      .where('certificate_id', 'in', certificates)
      .compile();
    const names = new Map<string, string[]>(certificates.map((id) => [id, []]));
    for (const [id, name] of await this.#session.rows(statement)) {
      names.get(id as string)?.push(name as string);
    }
    return names;
  }

  async #one(table: TableName, statement: Statement): Promise<Entity | undefined> {
    const [row] = await this.#session.rows(statement);
    return row === undefined ? undefined : rowCodec(table).decode(row);
  }
}
