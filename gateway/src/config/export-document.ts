import { isHidden, type Field } from '../entities/schema/field.ts';
import {
  definitionOf,
  tableNames,
  type Entity,
  type EntityTables,
  type TableName,
} from '../entities/tables.ts';
import { remainingTime } from '../entities/time-to-live.ts';
import { yamlElement } from './text/yaml-text.ts';

type Values = Readonly<Record<string, unknown>>;
type Entities = AsyncIterable<Entity> | Iterable<Entity>;

/** Text handed out at once, characters. */
const PIECE = 64 * 1024;

/**
 * Writes a whole configuration as a declarative document in YAML that reads back as the same
 * entities: each in the collection of its table, with its id, and secrets as they are stored. The
 * text is made piece by piece as entities come.
 *
 * @param entitiesOf all entities of a table
 */
export async function* exportDocument(
  entitiesOf: (table: TableName) => Entities,
): AsyncGenerator<string, void, void> {
  let text = '_format_version: "3.0"\n_transform: false\n';
  for (const table of tableNames) {
    let isFirst = true;
    for await (const entity of entitiesOf(table)) {
      if (isFirst) text += `${table}:\n`;
      isFirst = false;
      text += yamlElement(declared(table, entity));
      if (text.length < PIECE) continue;
      yield text;
      text = '';
    }
  }
  yield text;
}

/** For `exportDocument`. */
export function entitiesIn(tables: EntityTables): (table: TableName) => Iterable<Entity> {
  return (table) => tables[table].values();
}

/** An entity as it is written in a document: what would be filled in as it is may be left out. */
export function declared(table: TableName, entity: Entity): Values {
  const { fields } = definitionOf(table);
  const values = entity as Values;
  const written: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = values[name];
    // What a setting hides is written all the same: whoever reads the file may have another.
    if (field.hidden === true || field.transient === true) continue;
    if (value === undefined || (value === null && isNullAnyway(field))) continue;
    written[name] = field.type === 'foreign' ? (value as { id: string } | null)?.id : value;
  }
  const ttl = remainingTime(values.expires_at, Date.now());
  // 0 would mean for ever.
  return ttl === null ? written : { ...written, ttl: Math.max(1, ttl) };
}

/** Whether a reader takes it for null when it is left out, or has no use for it. */
function isNullAnyway(field: Field): boolean {
  const { auto, default: usual, type } = field;
  return type === 'foreign' || isHidden(field) || (auto !== true && (usual ?? null) === null);
}
