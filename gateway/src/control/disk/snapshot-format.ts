import { createHash } from 'node:crypto';
import { tableNames, isTableName, type Entity, type EntityTables } from '../../entities/tables.ts';
import type { TableName } from '../../entities/tables.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { savedEntity } from './saved-entity.ts';

/**
 * The copy of a configuration on disk, before it is compressed: a line of JSON that says what it is,
 * a line for each entity, and a last line with the digest of all lines before.
 */
export const SNAPSHOT_FORMAT = 1;

/** What the first line of a copy says of it. */
export interface SnapshotHeader {
  readonly sluice_snapshot: number;
  readonly revision: number;
  readonly hash: string;
  /** Of which database, without the password. */
  readonly origin: string;
  /** Of which store there; copies of older programs do not say so. */
  readonly identity?: string;
  /** ms since the epoch */
  readonly saved_at: number;
  readonly entities: number;
}

/** What a copy on disk holds. */
export interface SavedConfiguration {
  /** Of which store it is; null when it does not say so. */
  readonly identity: string | null;
  readonly revision: number;
  readonly savedAt: number;
  readonly tables: EntityTables;
}

/** Lines in one piece of text: enough for a pause between two pieces to pay. */
const LINES_AT_ONCE = 200;

/** Where a configuration comes from. */
export interface Provenance {
  readonly origin: string;
  readonly identity: string;
}

/** The text of a copy, piece by piece. */
export function* snapshotText(
  { revision, hash, tables }: Snapshot,
  { origin, identity }: Provenance,
  savedAt: number,
): Generator<string, void, void> {
  const digest = createHash('sha256');
  const entities = tableNames.reduce((sum, table) => sum + tables[table].size, 0);
  const header: SnapshotHeader = {
    sluice_snapshot: SNAPSHOT_FORMAT,
    revision,
    hash,
    origin,
    identity,
    saved_at: savedAt,
    entities,
  };
  let lines = [JSON.stringify(header)];
  const piece = (): string => {
    const text = `${lines.join('\n')}\n`;
    digest.update(text);
    lines = [];
    return text;
  };
  for (const table of tableNames) {
    for (const entity of tables[table].values()) {
      lines.push(JSON.stringify([table, entity]));
      if (lines.length >= LINES_AT_ONCE) yield piece();
    }
  }
  if (lines.length > 0) yield piece();
  yield `${JSON.stringify({ sha256: digest.digest('hex') })}\n`;
}

/**
 * Reads the text of a copy.
 *
 * @param origin of which database it must be; null where any will do
 * @returns what it holds, or why it cannot be used
 */
export function parseSnapshotText(
  text: string,
  origin: string | null,
): SavedConfiguration | string {
  const end = text.lastIndexOf('\n', text.length - 2) + 1;
  const { sha256 } = (parse(text.slice(end)) ?? {}) as { sha256?: unknown };
  const body = text.slice(0, end);
  if (!text.endsWith('\n') || createHash('sha256').update(body).digest('hex') !== sha256) {
    return 'is damaged';
  }
  const [first = '', ...lines] = body.slice(0, -1).split('\n');
  const header = parse(first) as SnapshotHeader;
  if (header.sluice_snapshot !== SNAPSHOT_FORMAT) return 'was written by another version of Sluice';
  if (origin !== null && header.origin !== origin)
    return `is of another database (${header.origin})`;
  if (lines.length !== header.entities) return 'is damaged';
  const tables = new Map(tableNames.map((table) => [table, new Map<string, Entity>()]));
  for (const line of lines) {
    const [table, saved] = JSON.parse(line) as [TableName, Readonly<Record<string, unknown>>];
    const entity = isTableName(table) ? savedEntity(table, saved) : undefined;
    if (entity === undefined) return 'was written by another version of Sluice';
    tables.get(table)?.set(entity.id, entity);
  }
  return {
    identity: header.identity ?? null,
    revision: header.revision,
    savedAt: header.saved_at,
    tables: Object.fromEntries(tables) as unknown as EntityTables,
  };
}

/** @returns undefined when the line is not the first one of a copy */
export function parseSnapshotHeader(line: string): SnapshotHeader | undefined {
  const header = (parse(line) ?? {}) as SnapshotHeader;
  return header.sluice_snapshot === SNAPSHOT_FORMAT ? header : undefined;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
