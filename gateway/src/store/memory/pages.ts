import {
  tableNames,
  type Entity,
  type EntityTables,
  type TableName,
} from '../../entities/tables.ts';
import type { ListQuery, Page, TagQuery, TagUse } from '../contract.ts';
import { isExpired } from '../entity.ts';
import {
  isNewestFirst,
  listOffset,
  listPlace,
  tagOffset,
  tagPlace,
  type ListPlace,
} from '../offsets.ts';
import { orderOf, TableIndexes, timeOf, type Table } from './indexes.ts';

/** @throws InvalidOffset */
export function pageOf(table: TableName, entities: Table, query: ListQuery): Page<Entity> {
  const { size, after, where } = query;
  const indexes = TableIndexes.of(entities);
  const all =
    where === undefined
      ? indexes.ordered(table)
      : [...indexes.referring(where.field, where.id)].sort(orderOf(table));
  const start = after === undefined ? 0 : firstAfter(all, table, listPlace(table, after));
  const now = Date.now();
  const items: Entity[] = [];
  for (let index = start; index < all.length; index += 1) {
    const entity = all[index];
    if (entity === undefined || isExpired(entity, now) || !hasTags(entity, query.tags)) continue;
    if (items.length === size) return { items, next: offsetOf(table, items.at(-1)) };
    items.push(entity);
  }
  return { items, next: undefined };
}

function offsetOf(table: TableName, last: Entity | undefined): string | undefined {
  if (last === undefined) return undefined;
  return listOffset({ time: isNewestFirst(table) ? timeOf(last) : null, id: last.id });
}

/** Index of the first entity behind a place, by halving. */
function firstAfter(ordered: readonly Entity[], table: TableName, place: ListPlace): number {
  const order = orderOf(table);
  const last = { id: place.id, created_at: place.time ?? 0 } as Entity;
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entity = ordered[middle];
    if (entity !== undefined && order(entity, last) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function hasTags({ tags }: Entity, filter: ListQuery['tags']): boolean {
  if (filter === undefined) return true;
  const has = (tag: string): boolean => tags?.includes(tag) === true;
  return 'all' in filter ? filter.all.every(has) : filter.any.some(has);
}

/** @throws InvalidOffset */
export function tagPage(tables: EntityTables, { size, after, tag }: TagQuery): Page<TagUse> {
  const place = after === undefined ? undefined : tagPlace(after);
  const last = place && { tag: place[0], table: place[1], id: place[2] };
  const uses = tableNames
    .flatMap((table) => usesIn(table, tables[table]))
    .filter((use) => tag === undefined || use.tag === tag)
    .sort(byTag);
  const rest = last === undefined ? uses : uses.filter((use) => byTag(use, last) > 0);
  const items = rest.slice(0, size);
  const end = rest.length > size ? items.at(-1) : undefined;
  return { items, next: end && tagOffset([end.tag, end.table, end.id]) };
}

function usesIn(table: TableName, entities: Table): TagUse[] {
  const uses: TagUse[] = [];
  for (const { id, tags } of entities.values()) {
    for (const tag of tags ?? []) uses.push({ tag, table, id });
  }
  return uses;
}

interface TagKey {
  readonly tag: string;
  readonly table: string;
  readonly id: string;
}

function byTag(a: TagKey, b: TagKey): number {
  return byBytes(a.tag, b.tag) || byBytes(a.table, b.table) || byBytes(a.id, b.id);
}

/** As databases compare, which differs from JavaScript for characters beyond U+FFFF. */
function byBytes(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
