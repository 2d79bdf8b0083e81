import type { Failure } from './schema/failure.ts';
import type { EntityCheck } from './schema/field.ts';
import { definitionOf, type TableName } from './tables.ts';

/**
 * How to mend what is wrong with a field, where Kong's words do not tell: for people, beside them.
 *
 * @param value of the field; nothing of it is told, since it may be a secret
 */
export function remedyFor(
  table: TableName,
  { path, message, rule, instead }: Failure,
  value: unknown,
): string | undefined {
  if (rule === 'one_of') return instead;
  const [field] = path;
  if (path.length !== 1 || typeof field !== 'string') return undefined;
  if (rule === 'entity') return conditionOf(definitionOf(table).checks ?? [], field);
  const isOfPem = /^invalid (certificate|key):/.test(message);
  return isOfPem && typeof value === 'string' ? pemRemedy(value) : undefined;
}

/** When a field may be set, from the rule that it broke. */
function conditionOf(checks: readonly EntityCheck[], field: string): string | undefined {
  for (const check of checks) {
    if (!('conditional' in check) || check.conditional.then_field !== field) continue;
    const { if_field, if_match, then_match } = check.conditional;
    if (then_match.eq !== null && then_match.len_eq !== 0) continue;
    const { one_of, not_one_of } = if_match.elements ?? if_match;
    if (not_one_of !== undefined) return `only where '${if_field}' is ${anyOf(not_one_of)}`;
    if (one_of !== undefined) return `not where '${if_field}' is ${anyOf(one_of)}`;
  }
  return undefined;
}

function anyOf(values: readonly unknown[]): string {
  return values
    .map((value) => `'${String(value)}'`)
    .join(', ')
    .replace(/, ([^,]*)$/, ' or $1');
}

function pemRemedy(value: string): string | undefined {
  if (value.includes('-----BEGIN ')) return undefined;
  const isPath = !value.includes('\n') && /^[./~]|\.(pem|crt|cer|key)$/i.test(value);
  return isPath
    ? 'this is the path of a file: put what is in the file here'
    : "PEM begins with '-----BEGIN'";
}
