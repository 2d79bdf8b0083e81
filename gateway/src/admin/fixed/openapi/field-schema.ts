import { isHidden, type Field, type Fields } from '../../../entities/schema/field.ts';

/** A JSON Schema, of the dialect of OpenAPI 3.1. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a value of a field looks like. Values that may be missing may be null. */
export function fieldSchema(field: Field): JsonSchema {
  const { description, default: usual, required = false, auto = false } = field;
  const rules = rulesOf(field);
  return {
    ...(required || auto ? rules : orNull(rules)),
    ...(usual === undefined ? {} : { default: usual }),
    ...(description === undefined ? {} : { description }),
    ...(field.deprecation === undefined ? {} : { deprecated: true }),
    ...(field.encrypted === true ? { format: 'password' } : {}),
  };
}

/** A record of these fields, and no others. */
export function recordSchema(fields: Fields, partial = false): JsonSchema {
  const shown = Object.entries(fields).filter(([, field]) => !isHidden(field));
  const needed = shown.filter(([, field]) => mustBeGiven(field)).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(shown.map(([name, field]) => [name, fieldSchema(field)])),
    ...(partial || needed.length === 0 ? {} : { required: needed }),
  };
}

function mustBeGiven({ required, auto, default: usual, type }: Field): boolean {
  return required === true && auto !== true && usual === undefined && type !== 'record';
}

function rulesOf(field: Field): JsonSchema {
  switch (field.type) {
    case 'string':
      return {
        type: 'string',
        ...(field.one_of === undefined
          ? { minLength: field.len_min ?? 1 }
          : { enum: field.one_of }),
        ...(field.len_max === undefined ? {} : { maxLength: field.len_max }),
        ...(field.uuid === true ? { format: 'uuid' } : {}),
      };
    case 'number':
    case 'integer':
      return {
        type: field.type,
        ...(field.one_of === undefined ? {} : { enum: field.one_of }),
        ...(field.between === undefined
          ? {}
          : { minimum: field.between[0], maximum: field.between[1] }),
        ...(field.gt === undefined ? {} : { exclusiveMinimum: field.gt }),
      };
    case 'boolean':
      return { type: 'boolean' };
    case 'array':
    case 'set':
      return {
        type: 'array',
        items: fieldSchema({ ...field.elements, required: true }),
        ...(field.type === 'set' ? { uniqueItems: true } : {}),
        ...(field.len_min === undefined ? {} : { minItems: field.len_min }),
        ...(field.len_max === undefined ? {} : { maxItems: field.len_max }),
      };
    case 'map':
      return {
        type: 'object',
        additionalProperties: fieldSchema({ ...field.values, required: true }),
      };
    case 'record':
      return recordSchema(field.fields);
    case 'foreign':
      return reference(field.reference);
    default:
      return {};
  }
}

function reference(table: string): JsonSchema {
  return {
    type: 'object',
    properties: { id: { type: 'string', format: 'uuid' } },
    description: `One of the ${table}, by its id or by what else it is called by.`,
  };
}

function orNull(rules: JsonSchema): JsonSchema {
  const { type, enum: values } = rules as { type?: string; enum?: readonly unknown[] };
  if (type === undefined) return rules;
  return {
    ...rules,
    type: [type, 'null'],
    ...(values === undefined ? {} : { enum: [...values, null] }),
  };
}
