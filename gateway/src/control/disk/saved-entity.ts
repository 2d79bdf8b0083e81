import { isHidden } from '../../entities/schema/field.ts';
import { definitionOf, type Entity, type TableName } from '../../entities/tables.ts';
import { judgeEntity, keptValues } from '../../entities/validators.ts';
import { knownPlugins } from '../../plugins/known.ts';
import { withAllFields } from '../../store/entity.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * An entity as it is served, from what a copy on disk holds of it. An older program may have written
 * that: fields that it did not know get their defaults, as they would in the database.
 *
 * @returns undefined when a field is missing that has none
 */
export function savedEntity(table: TableName, saved: Values): Entity | undefined {
  const { fields } = definitionOf(table);
  if (Object.keys(fields).every((name) => saved[name] !== undefined)) {
    return withAllFields(table, saved);
  }
  const known = Object.entries(saved).filter(([name]) => Object.hasOwn(fields, name));
  const open = known.filter(([name]) => !isHidden(fields[name]!));
  const result = judgeEntity(
    table,
    { ...Object.fromEntries(open), [keptValues]: Object.fromEntries(known) },
    knownPlugins,
  );
  return result.ok ? withAllFields(table, result.value) : undefined;
}
