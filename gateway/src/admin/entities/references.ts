import { isUuid } from '../../entities/schema/compile-scalar.ts';
import { definitionOf, foreignKeys, type TableName } from '../../entities/tables.ts';
import type { StoreReader } from '../../store/contract.ts';
import { foreignKeysUnresolved, type Unresolved } from '../errors/kong-errors.ts';
import type { Values } from './context.ts';

/**
 * Replaces references by name (`{"service": {"name": "orders"}}`) with those by id. What is neither
 * is left for validation to complain about.
 *
 * @throws AdminError 400 when there is no entity of that name
 */
export async function resolveReferences(
  reader: StoreReader,
  table: TableName,
  input: Values,
): Promise<Values> {
  const resolved: Record<string, unknown> = { ...input };
  const unresolved: Unresolved[] = [];
  for (const { field, table: reference } of foreignKeys(table)) {
    const given = input[field];
    if (typeof given !== 'object' || given === null) continue;
    const { id } = given as Values;
    if (isUuid(id)) {
      resolved[field] = { id: id.toLowerCase() };
      continue;
    }
    const names = namesIn(reference, given as Values);
    const found = await findByNames(reader, reference, names);
    if (found !== undefined) resolved[field] = { id: found };
    else if (Object.keys(names).length > 0) {
      unresolved.push({ field, table: reference, values: names });
    }
  }
  if (unresolved.length > 0) throw foreignKeysUnresolved(unresolved);
  return resolved;
}

/** Values of a reference by which only one entity can be meant. */
function namesIn(table: TableName, given: Values): Readonly<Record<string, string>> {
  const names: Record<string, string> = {};
  for (const [name, field] of Object.entries(definitionOf(table).fields)) {
    const value = given[name];
    if (field.unique === true && typeof value === 'string' && value !== '') names[name] = value;
  }
  return names;
}

async function findByNames(
  reader: StoreReader,
  table: TableName,
  names: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  for (const [name, value] of Object.entries(names)) {
    const found = await reader.find(table, { [name]: value });
    if (found !== undefined) return found.id;
  }
  return undefined;
}
