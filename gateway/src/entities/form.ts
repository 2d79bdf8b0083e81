import { pluginEntity, type PluginSchemas } from './plugin.ts';
import { setOwn } from './schema/own.ts';
import type { Field, Fields, Shorthand } from './schema/field.ts';
import { definitionOf, type TableName } from './tables.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * Gives the values of a form the types that their fields have: a form knows texts only. An empty
 * text is null, a single one in place of a list is its only element. What cannot be read stays a
 * text, for validation to refuse.
 */
export function typedFromForm(table: TableName, form: Values, plugins: PluginSchemas): Values {
  const schema = table === 'plugins' ? plugins.get(String(form.name)) : undefined;
  const { fields, shorthands } = schema === undefined ? definitionOf(table) : pluginEntity(schema);
  return typedRecord(fields, shorthands, form);
}

function typedRecord(
  fields: Fields,
  shorthands: Readonly<Record<string, Shorthand>> = {},
  form: Values,
): Values {
  const typed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(form)) {
    const field = own(fields, name) ?? own(shorthands, name)?.field;
    setOwn(typed, name, field === undefined ? value : typedValue(field, value));
  }
  return typed;
}

function typedValue(field: Field, value: unknown): unknown {
  if (value === '') return null;
  switch (field.type) {
    case 'boolean':
      return value === 'true' ? true : value === 'false' ? false : value;
    case 'integer':
    case 'number':
      return typeof value === 'string' ? (numberIn(value) ?? value) : value;
    case 'array':
    case 'set':
      if (typeof value === 'string') return [typedValue(field.elements, value)];
      return Array.isArray(value) ? value.map((each) => typedValue(field.elements, each)) : value;
    case 'map':
      if (!isRecord(value)) return value;
      return Object.fromEntries(
        Object.entries(value).map(([key, each]) => [key, typedValue(field.values, each)]),
      );
    case 'record':
      return isRecord(value) ? typedRecord(field.fields, field.shorthands, value) : value;
    case 'string':
    case 'foreign':
    case 'json':
      return value;
  }
}

/** A number as Lua reads it, blanks around it included. */
function numberIn(text: string): number | undefined {
  const trimmed = text.trim();
  const isNumber = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|0x[\da-f]+)$/i.test(trimmed);
  if (!isNumber) return undefined;
  const negative = trimmed.startsWith('-');
  const size = Number(trimmed.replace(/^[+-]/, ''));
  return negative ? -size : size;
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function isRecord(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
