import { pluginEntity, type PluginSchema, type PluginSchemas } from '../../../entities/plugin.ts';
import type { Field } from '../../../entities/schema/field.ts';
import { definitionOf, tableNames, type TableName } from '../../../entities/tables.ts';
import { fieldSchema, recordSchema, type JsonSchema } from './field-schema.ts';

/** Name of the schema of what PATCH takes of a table: any of its fields. */
export function patchName(table: TableName): string {
  return `${table}.patch`;
}

/**
 * A schema for each kind of entity under the name of its table, one for what PATCH takes of it, and
 * one for the instances of each plugin.
 */
export function entitySchemas(plugins: PluginSchemas): Readonly<Record<string, JsonSchema>> {
  const schemas: Record<string, JsonSchema> = {};
  for (const table of tableNames) {
    const { fields, shorthands = {} } = definitionOf(table);
    const more = Object.entries(shorthands).map(([name, { field }]) => [name, writeOnly(field)]);
    const old = Object.fromEntries(more) as Readonly<Record<string, JsonSchema>>;
    schemas[table] = withProperties(recordSchema(fields), old);
    schemas[patchName(table)] = withProperties(recordSchema(fields, true), old);
  }
  const names = [...plugins.keys()];
  schemas.plugins = {
    oneOf: names.map((name) => ({ $ref: refOf(name) })),
    discriminator: {
      propertyName: 'name',
      mapping: Object.fromEntries(names.map((name) => [name, refOf(name)])),
    },
  };
  for (const schema of plugins.values()) schemas[`plugins.${schema.name}`] = instanceOf(schema);
  return schemas;
}

function refOf(plugin: string): string {
  return `#/components/schemas/plugins.${plugin}`;
}

function instanceOf(schema: PluginSchema): JsonSchema {
  const { fields } = pluginEntity(schema);
  const bindable = Object.entries(fields).filter(([, field]) => field.eq !== null);
  const instance = recordSchema(Object.fromEntries(bindable));
  return withProperties(instance, {
    name: { const: schema.name },
    config: configOf(schema),
  });
}

function configOf({ config }: PluginSchema): JsonSchema {
  const old = Object.entries(config.shorthands ?? {}).map(([name, { field }]) => [
    name,
    { ...fieldSchema(field), deprecated: true },
  ]);
  return withProperties(
    fieldSchema({ ...config, required: true }),
    Object.fromEntries(old) as Readonly<Record<string, JsonSchema>>,
  );
}

function withProperties(
  schema: JsonSchema,
  properties: Readonly<Record<string, JsonSchema>>,
): JsonSchema {
  return { ...schema, properties: { ...(schema.properties as object), ...properties } };
}

function writeOnly(field: Field): JsonSchema {
  return { ...fieldSchema(field), writeOnly: true };
}
