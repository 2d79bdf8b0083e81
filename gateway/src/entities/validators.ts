import type { EntityDefinition } from './definition.ts';
import { notEnabled } from './not-enabled.ts';
import { pluginEntity, type PluginSchema, type PluginSchemas } from './plugin.ts';
import type { Failure } from './schema/failure.ts';
import { isHidden } from './schema/field.ts';
import { compileSchema, type Validation } from './schema/validate.ts';
import { definitionOf, type Entity, type TableName } from './tables.ts';

type Values = Readonly<Record<string, unknown>>;

export type Validator<T = unknown> = (input: Values) => Validation<T>;

/** In an input: what the entity keeps in fields that clients have no part in. */
export const keptValues = Symbol('kept values');

/** Compiles the check of one kind of entity, preparation of its input included. */
export function compileValidator<T>(definition: EntityDefinition): Validator<T> {
  const { prepare, subschemaKey } = definition;
  const validate = withHiddenFields(definition, compileSchema<T>(definition));
  return function validateEntity(input) {
    const result = validate(prepare === undefined ? input : prepare(input));
    if (result.ok || subschemaKey === undefined) return result;
    const ofKey = result.failures.filter((failure) => failure.path[0] === subschemaKey);
    return ofKey.length === 0 ? result : { ok: false, failures: ofKey };
  };
}

/** Nobody outside may set, or learn of, a hidden field. */
function withHiddenFields<T>(
  { fields }: EntityDefinition,
  validate: (input: Values) => Validation<T>,
): (input: Values) => Validation<T> {
  const perhaps = Object.entries(fields).filter(([, { hidden = false }]) => hidden !== false);
  if (perhaps.length === 0) return validate;
  return function validateWithHidden(input) {
    const hidden = perhaps.filter(([, field]) => isHidden(field)).map(([name]) => name);
    if (hidden.length === 0) return validate(input);
    const { [keptValues]: kept } = input as { readonly [keptValues]?: Values };
    const own = Object.fromEntries(hidden.map((name) => [name, kept?.[name] ?? null]));
    const result = validate({ ...input, ...own });
    const stray = hidden.filter((name) => input[name] !== undefined).map(unknown);
    if (stray.length === 0) return result;
    return { ok: false, failures: [...(result.ok ? [] : result.failures), ...stray] };
  };
}

function unknown(name: string): Failure {
  return { path: [name], message: 'unknown field', rule: 'unknown' };
}

const compiled = new Map<TableName, Validator>();

/**
 * The check of a table's entities, compiled when first asked for. Instances of plugins are checked
 * by `pluginValidator` of their plugin instead.
 */
export function validatorOf<T extends TableName>(table: T): Validator<Entity<T>> {
  let validator = compiled.get(table);
  if (validator === undefined) {
    validator = compileValidator(definitionOf(table));
    compiled.set(table, validator);
  }
  return validator as Validator<Entity<T>>;
}

const ofPlugins = new WeakMap<PluginSchema, Validator<Entity<'plugins'>>>();

/** The check of a plugin's instances, compiled once. */
export function pluginValidator(schema: PluginSchema): Validator<Entity<'plugins'>> {
  let validator = ofPlugins.get(schema);
  if (validator === undefined) {
    validator = compileValidator(pluginEntity(schema));
    ofPlugins.set(schema, validator);
  }
  return validator;
}

/** Judges an entity as a client wrote it, defaults filled in; failures are in Kong's words. */
export function judgeEntity<T extends TableName>(
  table: T,
  input: Values,
  plugins: PluginSchemas,
): Validation<Entity<T>> {
  if (table !== 'plugins') return validatorOf(table)(input);
  const { name } = input;
  if (typeof name !== 'string' || name === '') return validatorOf(table)(input);
  const schema = plugins.get(name);
  if (schema !== undefined) return pluginValidator(schema)(input) as Validation<Entity<T>>;
  return { ok: false, failures: [notEnabled(name, plugins)] };
}
