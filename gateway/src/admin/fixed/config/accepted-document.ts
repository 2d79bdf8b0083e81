import { isHidden } from '../../../entities/schema/field.ts';
import type { EntityNode } from '../../../config/node.ts';
import type { PluginSchemas } from '../../../entities/plugin.ts';
import { withoutUnused } from '../../../entities/present.ts';
import {
  definitionOf,
  tableNames,
  type Entity,
  type EntityTables,
  type TableName,
} from '../../../entities/tables.ts';

type Values = Readonly<Record<string, unknown>>;

/** Text handed out at once, characters. */
const PIECE = 64 * 1024;

/**
 * The answer to a document that was taken, as text in pieces: its entities by table and id. They are
 * shown as the document has them, without what Kong does not have and nobody asked for.
 */
export function* acceptedDocument(
  tables: EntityTables,
  nodes: readonly EntityNode[],
  plugins: PluginSchemas,
): Generator<string, void, void> {
  const nested = nestedNames(nodes, tables);
  let text = '{';
  let betweenTables = '';
  for (const table of tableNames) {
    if (tables[table].size === 0) continue;
    text += `${betweenTables}${JSON.stringify(table)}:{`;
    betweenTables = ',';
    let between = '';
    for (const [id, entity] of tables[table]) {
      text += `${between}${JSON.stringify(id)}:${JSON.stringify(shown(table, entity, nested, plugins))}`;
      between = ',';
      if (text.length < PIECE) continue;
      yield text;
      text = '';
    }
    text += '}';
  }
  yield `${text}}`;
}

function shown(
  table: TableName,
  entity: Entity,
  nested: ReadonlyMap<string, readonly Values[]>,
  plugins: PluginSchemas,
): Values {
  const { fields } = definitionOf(table);
  const values: Record<string, unknown> = { ...entity };
  for (const name in fields) if (isHidden(fields[name]!)) delete values[name];
  if (table === 'plugins') {
    const schema = plugins.get((entity as Entity<'plugins'>).name);
    if (schema !== undefined) values.config = withoutUnused(schema.config, values.config);
  }
  if (table === 'certificates') values.snis = nested.get(entity.id) ?? null;
  return values;
}

/** Names that are nested in a certificate Kong shows there, with its comments. */
function nestedNames(nodes: readonly EntityNode[], { snis }: EntityTables): Map<string, Values[]> {
  const names = new Map<string, Values[]>();
  for (const { table, id, parent } of nodes) {
    if (table !== 'snis' || parent === null) continue;
    const name = { ...snis.get(id), _comment: null, _ignore: null };
    const known = names.get(parent.id);
    if (known === undefined) names.set(parent.id, [name]);
    else known.push(name);
  }
  return names;
}
