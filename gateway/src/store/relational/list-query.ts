import type { Entity, TableName } from '../../entities/tables.ts';
import type { ListQuery, Page } from '../contract.ts';
import { expiryField, tablesThatExpire } from '../entity.ts';
import { isNewestFirst, listOffset, listPlace } from '../offsets.ts';
import type { Dialect, Session } from './database.ts';
import { rowCodec } from './row-codec.ts';
import { foreignColumn } from './schema.ts';
import { tagTable } from './tag-table.ts';

/** @throws InvalidOffset */
export async function readList(
  dialect: Dialect,
  session: Session,
  table: TableName,
  query: ListQuery,
): Promise<Page<Entity>> {
  const codec = rowCodec(table);
  const rows = await session.rows(listQuery(dialect, table, codec.columns, query).compile());
  const items = rows.slice(0, query.size).map((row) => codec.decode(row));
  const last = rows.length > query.size ? items.at(-1) : undefined;
  if (last === undefined) return { items, next: undefined };
  const time = isNewestFirst(table) && 'created_at' in last ? last.created_at : null;
  return { items, next: listOffset({ time, id: last.id }) };
}

function listQuery(
  { builder }: Dialect,
  table: TableName,
  columns: readonly string[],
  { size, after, where, tags }: ListQuery,
) {
  const newestFirst = isNewestFirst(table);
  let query = builder.selectFrom(table).select(columns);
  if (where !== undefined) query = query.where(foreignColumn(where.field), '=', where.id);
  if (after !== undefined) {
    const { time, id } = listPlace(table, after);
    query = newestFirst
      ? query.where((eb) => eb(eb.refTuple('created_at', 'id'), '<', eb.tuple(time, id)))
      : query.where('id', '>', id);
  }
  if (tablesThatExpire.includes(table)) {
    const now = Math.floor(Date.now() / 1000);
    query = query.where((eb) => eb.or([eb(expiryField, 'is', null), eb(expiryField, '>', now)]));
  }
  for (const anyOf of tagFilters(tags)) {
    const tagged = builder
      .selectFrom(tagTable)
      .select('entity_id')
      .where('table_name', '=', table)
      .where('tag', 'in', anyOf);
    query = query.where('id', 'in', tagged);
  }
  const ordered = newestFirst
    ? query.orderBy('created_at', 'desc').orderBy('id', 'desc')
    : query.orderBy('id');
  return ordered.limit(size + 1);
}

/** Lists of tags: an entity has at least one of each. */
function tagFilters(tags: ListQuery['tags']): readonly (readonly string[])[] {
  if (tags === undefined) return [];
  return 'all' in tags ? tags.all.map((tag) => [tag]) : [tags.any];
}
