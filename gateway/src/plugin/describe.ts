import type { AbsentFields } from '../entities/schema/absent-fields.ts';
import type { Field, RecordField } from '../entities/schema/field.ts';
import type { AnyPlugin } from './plugin.ts';

/** One field of a plugin's configuration, in words. */
export interface FieldDescription {
  /** Dotted path below `config`; `[]` behind a list stands for each of its elements. */
  readonly name: string;
  /** E.g. `array of string`, `integer 0–65535`, `one of a, b`. */
  readonly type: string;
  /**
   * The default as JSON; `required` where a value must be given; `made up` for a secret; empty where
   * null is meant.
   */
  readonly default: string;
  readonly description: string;
  /** Kong does not have it. */
  readonly beyondKong: boolean;
}

/** What can be told of a plugin from its definition alone. */
export interface PluginDescription {
  readonly name: string;
  readonly summary: string;
  readonly priority: number;
  /** What it can be bound to; every plugin can be global too. */
  readonly scopes: readonly string[];
  readonly fields: readonly FieldDescription[];
  /** Old names that are still accepted, with what replaced them; empty where that has no name. */
  readonly renamed: readonly { readonly name: string; readonly now: string }[];
  /** Fields of Kong's that it does not have. */
  readonly absent: readonly AbsentFields[];
}

/** Describes a plugin for its reference. */
export function describePlugin(plugin: AnyPlugin): PluginDescription {
  const { name, summary, priority, config, forbids = [] } = plugin;
  const scopes = (['route', 'service', 'consumer'] as const).filter(
    (scope) => !forbids.includes(scope),
  );
  const renamed = Object.entries(config.shorthands ?? {})
    .filter(([, { field }]) => field.description === undefined)
    .map(([old, { replaced_with = [] }]) => ({
      name: old,
      now: replaced_with.map((path) => path.join('.')).join(', '),
    }));
  const { absent = [] } = config;
  return { name, summary, priority, scopes, fields: describeFields(config, ''), renamed, absent };
}

function describeFields(record: RecordField, prefix: string): FieldDescription[] {
  // Other ways to give a value that are no old names say what they are for.
  const inOtherForms = Object.entries(record.shorthands ?? {})
    .map(([name, { field }]) => [name, field] as const)
    .filter(([, { description }]) => description !== undefined);
  return [...Object.entries(record.fields), ...inOtherForms].flatMap(([key, field]) => {
    const name = prefix + key;
    if (field.type === 'record') return describeFields(field, `${name}.`);
    const { description = '', beyondKong = false } = field;
    const own = { name, type: typeOf(field), default: defaultOf(field), description, beyondKong };
    const isList = field.type === 'array' || field.type === 'set';
    const of = isList && field.elements.type === 'record' ? field.elements : null;
    return of === null ? [own] : [own, ...describeFields(of, `${name}[].`)];
  });
}

function defaultOf(field: Field): string {
  // A secret that is made up is another one each time.
  if (field.encrypted === true && field.default !== undefined) return 'made up';
  if (field.default !== undefined) return JSON.stringify(field.default);
  return field.required === true ? 'required' : '';
}

function typeOf(field: Field): string {
  switch (field.type) {
    case 'string':
      return field.one_of ? `one of ${field.one_of.join(', ')}` : 'string';
    case 'number':
    case 'integer':
      if (field.one_of) return `one of ${field.one_of.join(', ')}`;
      if (field.between) return `${field.type} ${field.between[0]}–${field.between[1]}`;
      return field.gt === undefined ? field.type : `${field.type} above ${field.gt}`;
    case 'array':
    case 'set':
      return `${field.type} of ${typeOf(field.elements)}`;
    case 'map':
      return `map of ${typeOf(field.values)}`;
    case 'boolean':
    case 'json':
    case 'record':
      return field.type;
    case 'foreign':
      return `id of ${field.reference}`;
  }
}
