import { childTables, type TableName } from '../entities/tables.ts';
import { applyDeckDefaults, type DeckInfo } from './deck-info.ts';
import { IdSource } from './node-id.ts';
import { pathOf, type EntityNode, type Values } from './node.ts';
import type { Path } from '../entities/schema/failure.ts';

/** A mistake in the way in which the document is put together. */
export interface StructureProblem {
  readonly path: Path;
  readonly message: string;
  /** Kong's words, where they are not the end of the message. */
  readonly kong?: string;
  readonly node?: EntityNode;
}

/** All entities of a document, wherever they are nested; parents before their children. */
export function collectEntities(
  tables: Iterable<readonly [TableName, unknown]>,
  info: DeckInfo,
  problems: StructureProblem[],
): EntityNode[] {
  const collector = new Collector(info, new IdSource(), problems);
  for (const [table, list] of tables) collector.collection(table, list, null, null);
  return collector.nodes;
}

/** Finds the entities of a document one after the other. */
export class Collector {
  readonly nodes: EntityNode[] = [];
  readonly #ids: IdSource;
  readonly #info: DeckInfo;
  readonly #problems: StructureProblem[];

  constructor(info: DeckInfo, ids: IdSource, problems: StructureProblem[]) {
    this.#info = info;
    this.#ids = ids;
    this.#problems = problems;
  }

  collection(
    table: TableName,
    list: unknown,
    parent: EntityNode | null,
    parentField: string | null,
  ): void {
    if (list === null || list === undefined) return;
    const path = (): Path => [...(parent === null ? [] : pathOf(parent)), table];
    if (!Array.isArray(list)) {
      // Lua writes an empty list as `{}`.
      if (typeof list === 'object' && Object.keys(list).length === 0) return;
      const node = parent === null ? {} : { node: parent };
      this.#problems.push({ path: path(), message: `${table}: expected an array`, ...node });
      return;
    }
    for (let index = 0; index < list.length; index += 1) {
      const raw = asItem(table, list[index]);
      if (raw !== undefined) this.entity(table, raw, parent, parentField, index);
      else this.#refuseItem([...path(), index], `${table}.${index + 1}`, parent);
    }
  }

  #refuseItem(path: Path, name: string, parent: EntityNode | null): void {
    const kong = 'expected a record';
    const node = parent === null ? {} : { node: parent };
    this.#problems.push({ path, message: `${name}: ${kong}`, kong, ...node });
  }

  /** Takes an entity and those nested in it. */
  entity(
    table: TableName,
    raw: Values,
    parent: EntityNode | null,
    parentField: string | null,
    index: number,
  ): void {
    const input = ownFields(table, raw, parentField);
    if (table === 'plugins' && raw._config !== undefined) mergeShared(input, raw, this.#info);
    applyDeckDefaults(table, input, this.#info);
    const parentId = parent?.id ?? null;
    const named = this.#ids.namedId(table, input, parentField, parentId);
    const contentId = named === undefined ? this.#ids.contentId(table, input, parentId) : undefined;
    const id = named ?? contentId?.id ?? '';
    if (input.id === undefined || input.id === null) input.id = id;
    if (parentField !== null && parent !== null) input[parentField] = { id: parent.id };
    const references = undefined;
    const node = { table, raw, input, id, contentId, parent, parentField, index, references };
    this.nodes.push(node);
    this.#checkSpecialFields(node);
    for (const child of childTables(table)) {
      this.collection(child.table, raw[child.table], node, child.field);
    }
  }

  #checkSpecialFields(node: EntityNode): void {
    const { _comment: comment, _ignore: ignore, _config: config } = node.raw;
    if (comment != null && typeof comment !== 'string') {
      this.#refuse(node, '_comment', 'expected a string');
    }
    if (ignore != null && !Array.isArray(ignore)) {
      this.#refuse(node, '_ignore', 'expected an array');
    }
    if (node.table === 'plugins' && config !== undefined) {
      const known = typeof config === 'string' && this.#info.pluginConfigs.has(config);
      if (!known) this.#refuse(node, '_config', 'no such entry in _plugin_configs');
    }
    if (node.parentField !== null && node.raw[node.parentField] != null) {
      const message = 'value must be null, since the entity around it is meant';
      this.#refuse(node, node.parentField, message, 'value must be null');
    }
  }

  #refuse(node: EntityNode, field: string, message: string, kong = message): void {
    const path = [...pathOf(node), field];
    this.#problems.push({ path, message: `${field}: ${message}`, kong, node });
  }
}

/**
 * What of an entity as written is the entity's own. The rest is set to undefined, not deleted:
 * deleting would turn every object into a slow one.
 */
function ownFields(
  table: TableName,
  raw: Values,
  parentField: string | null,
): Record<string, unknown> {
  const input: Record<string, unknown> = { ...raw };
  for (const child of childTables(table)) drop(input, child.table);
  drop(input, '_comment');
  drop(input, '_ignore');
  if (table === 'plugins') drop(input, '_config');
  if (parentField !== null) drop(input, parentField);
  return input;
}

function drop(input: Record<string, unknown>, name: string): void {
  if (input[name] !== undefined) input[name] = undefined;
}

/** decK's `_config: name` takes what `_plugin_configs` has under that name; own values win. */
function mergeShared(input: Record<string, unknown>, raw: Values, info: DeckInfo): void {
  const shared = typeof raw._config === 'string' ? info.pluginConfigs.get(raw._config) : undefined;
  const own = raw.config ?? {};
  if (typeof own === 'object' && !Array.isArray(own)) input.config = { ...shared, ...own };
}

function asItem(table: TableName, element: unknown): Values | undefined {
  // The Admin API shows the SNIs of a certificate as names.
  if (table === 'snis' && typeof element === 'string') return { name: element };
  const isRecord = typeof element === 'object' && element !== null && !Array.isArray(element);
  return isRecord ? (element as Values) : undefined;
}
