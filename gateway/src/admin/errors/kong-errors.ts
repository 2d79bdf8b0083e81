import { foreignKeys, type TableName } from '../../entities/tables.ts';
import { AdminError } from '../endpoint.ts';

/** The errors that Kong numbers, in its words, see `docs/reference/admin-api.md`. */

/** The answer of an error with Kong's number, name and message. */
export function kongError(
  status: number,
  code: number,
  name: string,
  message: string,
  details: object = {},
): AdminError {
  const body = { code, name, message, ...details };
  return new AdminError(status, body);
}

export function notFound(): AdminError {
  return new AdminError(404, { message: 'Not found' });
}

export function methodNotAllowed(): AdminError {
  return new AdminError(405, { message: 'Method not allowed' });
}

export function invalidPrimaryKey(): AdminError {
  const problem = 'expected a valid UUID';
  return kongError(400, 1, 'invalid primary key', `invalid primary key: '{id="${problem}"}'`, {
    fields: { id: problem },
  });
}

export function primaryKeyViolation(id: string): AdminError {
  const message = `primary key violation on key '{id="${id}"}'`;
  return kongError(400, 3, 'primary key violation', message, { fields: { id } });
}

export function foreignKeyViolation(field: string, reference: TableName, id: string): AdminError {
  const message = `the foreign key '{id="${id}"}' does not reference an existing '${reference}' entity.`;
  return kongError(400, 4, 'foreign key violation', message, { fields: { [field]: { id } } });
}

/** Something still refers to the entity that was to be deleted. */
export function stillReferenced(table: TableName, by: TableName): AdminError {
  const message = `an existing '${by}' entity references this '${table}' entity`;
  return kongError(400, 4, 'foreign key violation', message, { fields: { '@referenced_by': by } });
}

/** @param values by field; foreign keys as ids or as `{id}` */
export function uniqueViolation(
  table: TableName,
  values: Readonly<Record<string, unknown>>,
): AdminError {
  const foreign = new Set(foreignKeys(table).map(({ field }) => field));
  const fields = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      foreign.has(name) && typeof value === 'string' ? { id: value } : value,
    ]),
  );
  const message = `UNIQUE violation detected on '${luaTable(fields)}'`;
  return kongError(409, 5, 'unique constraint violation', message, { fields });
}

/** The entity that a change was meant for does not exist. */
export function entityNotFound(key: string, value: string): AdminError {
  const what = key === 'id' ? 'primary key ' : '';
  const message = `could not find the entity with ${what}'{${key}="${value}"}'`;
  return kongError(404, 6, 'not found', message, { fields: { [key]: value } });
}

export function invalidOffset(offset: string, reason: string): AdminError {
  return kongError(400, 7, 'invalid offset', `'${offset}' is not a valid offset: ${reason}`);
}

export function invalidSize(message: string): AdminError {
  return kongError(400, 9, 'invalid size', message);
}

export function invalidOption(option: string, problem: string): AdminError {
  return kongError(400, 11, 'invalid options', `invalid option (${option}: ${problem})`, {
    options: { [option]: problem },
  });
}

/** What a write does, in the words of the refusal. */
export type Verb = 'create' | 'create or update' | 'update' | 'remove';

/** @param key the field by which the entity was named, unless it was the id */
export function operationUnsupported(verb: Verb, table: TableName, key?: string): AdminError {
  const by = key === undefined ? '' : ` by '${key}'`;
  const message = `cannot ${verb} '${table}' entities${by} when not using a database`;
  return kongError(405, 12, 'operation unsupported', message);
}

/** Foreign keys given by something else than an id. */
export interface Unresolved {
  readonly field: string;
  readonly table: TableName;
  /** What they were looked for by. */
  readonly values: Readonly<Record<string, unknown>>;
}

export function foreignKeysUnresolved(unresolved: readonly Unresolved[]): AdminError {
  const fields: Record<string, Record<string, string>> = {};
  const lines: string[] = [];
  for (const { field, table, values } of unresolved) {
    const problems: Record<string, string> = {};
    for (const [name, value] of Object.entries(values)) {
      const problem = `the foreign key cannot be resolved with '${luaTable({ [name]: value })}' for an existing '${table}' entity`;
      problems[name] = problem;
      lines.push(`${field}.${name}: ${problem}`);
    }
    fields[field] = problems;
  }
  const what =
    lines.length === 1 ? 'foreign key unresolved' : `${lines.length} foreign keys unresolved`;
  return kongError(400, 13, 'foreign keys unresolved', `${what} (${lines.sort().join('; ')})`, {
    fields,
  });
}

export function caCertificateReferenced(id: string, by: TableName, byId: string): AdminError {
  const message = `ca certificate ${id} is still referenced by ${by} (id = ${byId})`;
  return kongError(400, 19, 'referenced by others', message);
}

/** A flat record as Kong writes it into messages: `{a="x",b={id="…"},c=null}`. */
function luaTable(values: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${luaValue(value)}`);
  return `{${entries.join(',')}}`;
}

function luaValue(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'object') return luaTable(value as Readonly<Record<string, unknown>>);
  return typeof value === 'string' ? `"${value}"` : JSON.stringify(value);
}
