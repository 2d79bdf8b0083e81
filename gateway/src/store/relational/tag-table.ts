import type { Entity, TableName } from '../../entities/tables.ts';
import type { Page, TagQuery, TagUse } from '../contract.ts';
import { tagOffset, tagPlace } from '../offsets.ts';
import type { Put, WritePlan } from '../transaction/backend.ts';
import type { Dialect, Row, Session, SqlValue, Statement } from './database.ts';
import { PerDialect, Prepared } from './prepared.ts';

/** Which entity has which tag: the tags of all entities once more, for filters and `/tags`. */
export const tagTable = 'tags';

/** What has to be done to the table when these entities are written. */
export function tagStatements(dialect: Dialect, { puts, deletes }: WritePlan): Statement[] {
  const gone = [
    ...puts.flatMap((put) => usesOf(put.table, put.stored, keptBy(put))),
    ...deletes.flatMap(({ table, stored }) => usesOf(table, stored, [])),
  ];
  const added = puts.flatMap((put) => usesOf(put.table, put.after, put.stored?.tags ?? []));
  const { remove, add } = writing.for(dialect, tagTable);
  return [
    ...gone.map((use) => remove.with(rowOf(use))),
    ...inChunks(added, dialect.rowsAtOnce).map((uses) => {
      const rows = uses.map(rowOf);
      return rows.length === 1 ? add.with(rows[0] ?? []) : insertTags(dialect, rows);
    }),
  ];
}

const columns = ['tag', 'table_name', 'entity_id'] as const;

const writing = new PerDialect(({ builder }) => ({
  remove: new Prepared(
    'tags.remove',
    columns.reduce((query, name) => query.where(name, '=', ''), builder.deleteFrom(tagTable)),
  ),
  add: new Prepared('tags.add', builder.insertInto(tagTable).values(named(['', '', '']))),
}));

function insertTags({ builder }: Dialect, rows: readonly Row[]): Statement {
  return builder.insertInto(tagTable).values(rows.map(named)).compile();
}

function named(row: Row): Record<string, SqlValue> {
  return Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null]));
}

/** @throws InvalidOffset */
export async function readTags(
  { builder }: Dialect,
  session: Session,
  { size, after, tag }: TagQuery,
): Promise<Page<TagUse>> {
  let query = builder.selectFrom(tagTable).select(columns);
  if (tag !== undefined) query = query.where('tag', '=', tag);
  if (after !== undefined) {
    const place = tagPlace(after);
    query = query.where((eb) =>
      eb(eb.refTuple('tag', 'table_name', 'entity_id'), '>', eb.tuple(...place)),
    );
  }
  const ordered = query
    .orderBy('tag')
    .orderBy('table_name')
    .orderBy('entity_id')
    .limit(size + 1);
  const uses = (await session.rows(ordered.compile())).map(([name, table, id]) => ({
    tag: name as string,
    table: table as TableName,
    id: id as string,
  }));
  const items = uses.slice(0, size);
  const end = uses.length > size ? items.at(-1) : undefined;
  return { items, next: end && tagOffset([end.tag, end.table, end.id]) };
}

export function inChunks<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < items.length; start += size) {
    chunks.push(items.slice(start, start + size));
  }
  return chunks;
}

/** Tags that an entity keeps. */
function keptBy({ after }: Put): readonly string[] {
  return after.tags ?? [];
}

function usesOf(table: TableName, entity: Entity | null, except: readonly string[]): TagUse[] {
  const tags = new Set(entity?.tags);
  for (const tag of except) tags.delete(tag);
  return entity === null ? [] : [...tags].map((tag) => ({ tag, table, id: entity.id }));
}

function rowOf({ tag, table, id }: TagUse): Row {
  return [tag, table, id];
}
