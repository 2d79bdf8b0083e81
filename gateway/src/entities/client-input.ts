import { pluginFields, type PluginSchemas } from './plugin.ts';
import { isHidden, type Field, type Fields, type RecordField } from './schema/field.ts';
import { getOwn, setOwn } from './schema/own.ts';
import { definitionOf, type Entity, type TableName } from './tables.ts';
import { keptValues } from './validators.ts';

/**
 * Makes of what a client sent the whole entity that is meant, to be validated. The time of the last
 * change is never the client's to say; the time of creation is.
 */

type Values = Readonly<Record<string, unknown>>;

/** What is meant by a new entity. */
export function createInput(table: TableName, body: Values): Values {
  return withoutChangeTime(table, body);
}

/**
 * What is meant by an entity that takes the place of another one, if there is one. Entities of their
 * own that are shown within it (the SNIs of a certificate) stay when nothing is said of them.
 */
export function replaceInput(table: TableName, stored: Entity | undefined, body: Values): Values {
  const input = withoutChangeTime(table, body);
  if (stored === undefined) return input;
  const { id, created_at } = stored;
  return { ...inner(table, stored), ...input, id, created_at: input.created_at ?? created_at };
}

/** What an entity shows of others. */
function inner(table: TableName, stored: Values): Values {
  const shown = Object.entries(definitionOf(table).fields).filter(
    ([, field]) => field.transient === true,
  );
  return Object.fromEntries(shown.map(([name]) => [name, stored[name]]));
}

/**
 * What is meant by a change of an entity. Records are changed field by field, everything else as a
 * whole.
 */
export function patchInput(
  table: TableName,
  stored: Entity,
  patch: Values,
  plugins: PluginSchemas,
): Values {
  const { fields, shorthands } = definitionOf(table);
  const own = table === 'plugins' ? configFields(stored as Entity<'plugins'>, plugins) : {};
  const record = { type: 'record', fields: { ...fields, ...own }, shorthands } as RecordField;
  const visible: Record<string, unknown> = { ...stored };
  const hidden: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    if (!isHidden(field)) continue;
    hidden[name] = visible[name];
    visible[name] = undefined;
  }
  const merged = merge(record, visible, patch);
  return { ...withoutChangeTime(table, merged), id: stored.id, [keptValues]: hidden };
}

function withoutChangeTime(table: TableName, body: Values): Values {
  const has = definitionOf(table).fields.updated_at !== undefined;
  return has && body.updated_at !== undefined ? { ...body, updated_at: undefined } : body;
}

function configFields(stored: Entity<'plugins'>, plugins: PluginSchemas): Fields {
  const schema = plugins.get(stored.name);
  return schema === undefined ? {} : pluginFields(schema);
}

function merge(field: RecordField, stored: Values, patch: Values): Record<string, unknown> {
  let merged: Record<string, unknown> = { ...stored };
  for (const [name, { replaced_with: now = [] }] of Object.entries(field.shorthands ?? {})) {
    // What is said by an old name takes the place of what is stored under the new one.
    if (patch[name] == null) continue;
    for (const path of now) merged = without(merged, path);
  }
  for (const [name, value] of Object.entries(patch)) {
    const inner = Object.hasOwn(field.fields, name) ? field.fields[name] : undefined;
    setOwn(merged, name, mergeValue(inner, getOwn(merged, name), value));
  }
  return merged;
}

function mergeValue(field: Field | undefined, stored: unknown, value: unknown): unknown {
  const isPart = field?.type === 'record' && isRecord(stored) && isRecord(value);
  return isPart ? merge(field, stored, value) : value;
}

function without(record: Values, [name = '', ...rest]: readonly string[]): Record<string, unknown> {
  const inner = record[name];
  if (rest.length > 0 && !isRecord(inner)) return { ...record };
  return { ...record, [name]: rest.length === 0 ? undefined : without(inner as Values, rest) };
}

function isRecord(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
