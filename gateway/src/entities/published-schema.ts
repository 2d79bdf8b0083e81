import type { EntityDefinition } from './definition.ts';
import { pluginFields, type PluginSchema } from './plugin.ts';
import {
  isHidden,
  type EntityCheck,
  type Field,
  type Fields,
  type Shorthand,
} from './schema/field.ts';
import { definitionOf, isTableName } from './tables.ts';
import { unkeptEntities } from './unkept-entities.ts';
import { vaultConfigs } from './vault.ts';

/** A schema as Kong publishes it: lists of objects with one name each. */
export interface PublishedSchema {
  readonly entity_checks: readonly object[];
  readonly fields: readonly NamedField[];
}

export type NamedField = Readonly<Record<string, object>>;

const published = new Map<string, PublishedSchema>();

/** The schema of a kind of entity, of those too of which there are none here; by its table's name. */
export function publishedEntity(name: string): PublishedSchema | undefined {
  const unkept = Object.hasOwn(unkeptEntities, name) ? unkeptEntities[name] : undefined;
  const definition = isTableName(name) ? definitionOf(name) : unkept;
  return definition && once(name, () => schemaOf(definition));
}

/** What the instances of a plugin have of their own. */
export function publishedPlugin(schema: PluginSchema): PublishedSchema {
  return once(`plugin ${schema.name}`, () =>
    schemaOf({ fields: pluginFields(schema), checks: schema.checks ?? [] }),
  );
}

/** The configuration of a plugin alone. */
export function publishedPluginConfig({ config }: PluginSchema): PublishedSchema {
  return schemaOf({ fields: config.fields, checks: config.checks ?? [] });
}

/** The schema of a kind of vault, if there is one of this name. */
export function publishedVault(kind: string): PublishedSchema | undefined {
  const config = Object.hasOwn(vaultConfigs, kind) ? vaultConfigs[kind] : undefined;
  return config && once(`vault ${kind}`, () => schemaOf({ fields: { config } }));
}

function once(key: string, make: () => PublishedSchema): PublishedSchema {
  let schema = published.get(key);
  if (schema === undefined) published.set(key, (schema = make()));
  return schema;
}

function schemaOf({
  fields,
  checks = [],
}: Pick<EntityDefinition, 'fields' | 'checks'>): PublishedSchema {
  return { entity_checks: publishedChecks(checks), fields: publishedFields(fields) };
}

function publishedFields(fields: Fields): NamedField[] {
  return Object.entries(fields)
    .filter(([, field]) => !isHidden(field) && field.beyondKong !== true)
    .map(([name, field]) => ({ [name]: publishedField(field) }));
}

/** Properties that are published as they stand, where they are given. */
const plain = [
  'default',
  'eq',
  'unique',
  'auto',
  'timestamp',
  'uuid',
  'one_of',
  'not_one_of',
  'between',
  'gt',
  'len_min',
  'len_max',
  'err',
  'referenceable',
  'encrypted',
  'transient',
  'deprecation',
  'description',
] as const;

function publishedField(field: Field): Record<string, unknown> {
  if (field.type === 'record' && field.abstract === true) return { type: 'record', abstract: true };
  const shown: Record<string, unknown> = { type: field.type };
  if (field.required === true) shown.required = true;
  for (const property of plain) {
    if (!(property in field)) continue;
    const value: unknown = (field as unknown as Readonly<Record<string, unknown>>)[property];
    if (value !== undefined && value !== false) shown[property] = value;
  }
  if ('default' in field && field.default === false) shown.default = false;
  if (field.type === 'foreign') {
    shown.reference = field.reference;
    if (field.on_delete === 'cascade') shown.on_delete = 'cascade';
  } else if (field.type === 'array' || field.type === 'set') {
    shown.elements = publishedField(field.elements);
  } else if (field.type === 'map') {
    shown.keys = publishedField(field.keys);
    shown.values = publishedField(field.values);
  } else if (field.type === 'record') {
    shown.fields = publishedFields(field.fields);
    if (field.checks !== undefined) shown.entity_checks = publishedChecks(field.checks);
    if (field.shorthands !== undefined)
      shown.shorthand_fields = publishedOldNames(field.shorthands);
  }
  return shown;
}

function publishedOldNames(shorthands: Readonly<Record<string, Shorthand>>): NamedField[] {
  return Object.entries(shorthands).map(([name, { field, deprecation, replaced_with: now }]) => {
    const shown = publishedField(field);
    if (deprecation !== undefined) {
      const replaced = now?.map((path) => ({ path }));
      shown.deprecation = { ...deprecation, ...(replaced && { replaced_with: replaced }) };
    }
    return { [name]: shown };
  });
}

/** Of rules in code only the fields that they read are published. */
function publishedChecks(checks: readonly EntityCheck[]): object[] {
  const shown = new Map<string, object>();
  for (const check of checks) {
    const isCode = 'custom' in check;
    if (isCode && check.unpublished === true) continue;
    const rule = isCode ? { custom_entity_check: { field_sources: check.reads } } : check;
    shown.set(JSON.stringify(rule), rule);
  }
  return [...shown.values()];
}
