import { kongPlugins } from '../../entities/kong-plugins/all.ts';
import type { PluginSchema } from '../../entities/plugin.ts';
import { hasExpressions } from '../../entities/router-flavor.ts';
import {
  definitionOf,
  tableNames,
  type Entity,
  type EntityTables,
  type TableName,
} from '../../entities/tables.ts';
import { idleTables, pluginFieldEffects } from '../unsupported/capabilities.ts';
import { caveat, type Caveat, type CaveatText } from './caveat.ts';
import type { Unsupported } from '../problem.ts';
import { unsupportedIn } from '../unsupported/unsupported.ts';

const notRun: ReadonlySet<string> = new Set(kongPlugins.map(({ name }) => name));

/** What becomes of values that are not served, by subject; of the others nothing does. */
const effects: Readonly<Record<string, string>> = {
  'services.protocol': 'answers 503',
  'routes.protocols': 'is not listened for',
  ...pluginFieldEffects,
};

/**
 * What a store holds that this version cannot serve: a file that has it is refused, but a store is
 * shared with versions and nodes that may know more.
 *
 * @param schemas of the plugins that run, to look into their configuration
 */
export function storedCaveats(
  tables: EntityTables,
  schemas: ReadonlyMap<string, PluginSchema> = new Map(),
): Caveat[] {
  const found = new Groups();
  for (const table of idleTables) {
    const { singular } = definitionOf(table);
    const what = `${singular} entities are not used by Sluice yet`;
    for (const entity of tables[table].values()) {
      found.add(table, entity, { subject: table, what, effect: 'is kept without effect' });
    }
  }
  for (const table of tableNames) {
    if (idleTables.includes(table)) continue;
    for (const entity of tables[table].values()) addUnserved(found, table, entity, schemas);
  }
  return found.caveats();
}

function addUnserved(
  found: Groups,
  table: TableName,
  entity: Entity,
  schemas: ReadonlyMap<string, PluginSchema>,
): void {
  const plugin = table === 'plugins' ? (entity as Entity<'plugins'>) : undefined;
  // What is switched off has no effect in Kong either.
  if (plugin?.enabled === false) return;
  if (plugin !== undefined && notRun.has(plugin.name)) {
    const what = `plugin '${plugin.name}' is one of Kong's that Sluice does not run yet`;
    found.add(table, entity, {
      subject: `plugin ${plugin.name}`,
      what,
      effect: 'is kept without effect',
    });
    return;
  }
  if (table === 'routes' && (entity as Entity<'routes'>).expression !== null && !hasExpressions()) {
    found.add(table, entity, {
      subject: 'routes.expression',
      what: 'expressions are for nodes that are started with --router-flavor expressions',
      effect: 'is not served',
    });
  }
  const schema = plugin === undefined ? undefined : schemas.get(plugin.name);
  for (const { unsupported } of unsupportedIn(table, entity, schema?.config.fields)) {
    const field = fieldOf(unsupported);
    const value = unsupported.value === undefined ? '' : `: ${unsupported.value}`;
    found.add(table, entity, {
      subject: field + value,
      what: `${field}${value} is not supported by Sluice yet`,
      effect: effects[field] ?? 'is served without it',
    });
  }
}

function fieldOf({ group, field = '' }: Unsupported): string {
  return `${group}${group.includes(' ') ? ': ' : '.'}${field}`;
}

/** Entities with the same caveat. */
class Groups {
  readonly #bySubject = new Map<
    string,
    { readonly table: TableName; readonly text: CaveatText; readonly entities: Entity[] }
  >();

  add(table: TableName, entity: Entity, text: CaveatText): void {
    const group = this.#bySubject.get(text.subject);
    if (group === undefined) this.#bySubject.set(text.subject, { table, text, entities: [entity] });
    else group.entities.push(entity);
  }

  caveats(): Caveat[] {
    return [...this.#bySubject.values()]
      .map(({ table, text, entities }) => caveat(table, entities, text))
      .filter((found) => found !== undefined);
  }
}
