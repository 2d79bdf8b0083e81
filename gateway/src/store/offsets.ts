import { isUuid } from '../entities/schema/compile-scalar.ts';
import type { TableName } from '../entities/tables.ts';
import { InvalidOffset } from './contract.ts';

type Place = readonly (string | number)[];

/** Where in a list of a table a page ends: the values that the table is ordered by. */
export interface ListPlace {
  /** Of lists ordered by time: `created_at`. */
  readonly time: number | null;
  readonly id: string;
}

/** Tables whose lists have the newest entity first. */
export function isNewestFirst(table: TableName): boolean {
  return table === 'targets';
}

export function listOffset({ time, id }: ListPlace): string {
  return encode(time === null ? [id] : [time, id]);
}

/** @throws InvalidOffset */
export function listPlace(table: TableName, offset: string): ListPlace {
  const place = decode(offset);
  const [time, id] = isNewestFirst(table) ? place : [null, ...place];
  const isTime = isNewestFirst(table) ? Number.isFinite(time) : time === null;
  if (!isTime || !isUuid(id) || encode(place) !== offset) throw invalid(offset);
  return { time: time as number | null, id };
}

export type TagPlace = readonly [tag: string, table: string, id: string];

export function tagOffset(place: TagPlace): string {
  return encode(place);
}

/** @throws InvalidOffset */
export function tagPlace(offset: string): TagPlace {
  const [tag, table, id, ...more] = decode(offset);
  if (typeof tag !== 'string' || typeof table !== 'string' || !isUuid(id) || more.length > 0) {
    throw invalid(offset);
  }
  return [tag, table, id];
}

function encode(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function decode(offset: string): Place {
  try {
    const place: unknown = JSON.parse(Buffer.from(offset, 'base64url').toString());
    if (Array.isArray(place)) return place as Place;
  } catch {
    // Not JSON: refused like everything else that is no place.
  }
  throw invalid(offset);
}

function invalid(offset: string): InvalidOffset {
  return new InvalidOffset(`'${offset}' is no place in a list`);
}
