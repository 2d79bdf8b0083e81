import {
  tableNames,
  type Entity,
  type EntityTables,
  type TableName,
} from '../../entities/tables.ts';
import { isExpired, withNames } from '../entity.ts';
import type { Dialect, Row, Session } from './database.ts';
import { rowCodec } from './row-codec.ts';

/** Rows that are read at once: others get their turn in between. */
const ROWS = 5000;

/** Reads everything. @param session sees one moment */
export async function loadTables(dialect: Dialect, session: Session): Promise<EntityTables> {
  const tables: Partial<Record<TableName, Map<string, Entity>>> = {};
  for (const table of tableNames) tables[table] = await loadTable(dialect, session, table);
  return namedCertificates(tables as unknown as EntityTables);
}

async function loadTable(
  { builder }: Dialect,
  session: Session,
  table: TableName,
): Promise<Map<string, Entity>> {
  const { columns, decode } = rowCodec(table);
  const entities = new Map<string, Entity>();
  const now = Date.now();
  const query = builder.selectFrom(table).select(columns).orderBy('id').limit(ROWS);
  let last: string | undefined;
  let rows: readonly Row[];
  do {
    const page = last === undefined ? query : query.where('id', '>', last);
    rows = await session.rows(page.compile());
    for (const row of rows) {
      const entity = decode(row);
      last = entity.id;
      if (!isExpired(entity, now)) entities.set(entity.id, entity);
    }
    if (rows.length === ROWS) await new Promise(setImmediate);
  } while (rows.length === ROWS);
  return entities;
}

function namedCertificates(tables: EntityTables): EntityTables {
  if (tables.certificates.size === 0) return tables;
  const names = new Map<string, string[]>();
  for (const { name, certificate } of tables.snis.values()) {
    const list = names.get(certificate.id);
    if (list === undefined) names.set(certificate.id, [name]);
    else list.push(name);
  }
  const certificates = [...tables.certificates].map(
    ([id, one]) => [id, withNames(one, names.get(id) ?? [])] as const,
  );
  return { ...tables, certificates: new Map(certificates) as EntityTables['certificates'] };
}
