import type { EntityDefinition } from './definition.ts';
import { compileSchema, type Validation } from './schema/validate.ts';
import { definitionOf, type Entity, type TableName } from './tables.ts';

export type Validator<T = unknown> = (input: Readonly<Record<string, unknown>>) => Validation<T>;

/** Compiles the check of one kind of entity, preparation of its input included. */
export function compileValidator<T>(definition: EntityDefinition): Validator<T> {
  const { prepare, subschemaKey } = definition;
  const validate = compileSchema<T>(definition);
  return function validateEntity(input) {
    const result = validate(prepare === undefined ? input : prepare(input));
    if (result.ok || subschemaKey === undefined) return result;
    const ofKey = result.failures.filter((failure) => failure.path[0] === subschemaKey);
    return ofKey.length === 0 ? result : { ok: false, failures: ofKey };
  };
}

const compiled = new Map<TableName, Validator>();

/**
 * The check of a table's entities, compiled when first asked for. Instances of plugins are checked
 * by `pluginEntity` of their plugin instead.
 */
export function validatorOf<T extends TableName>(table: T): Validator<Entity<T>> {
  let validator = compiled.get(table);
  if (validator === undefined) {
    validator = compileValidator(definitionOf(table));
    compiled.set(table, validator);
  }
  return validator as Validator<Entity<T>>;
}
