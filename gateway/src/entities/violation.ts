import { entityKey, fieldTree, type Failure, type FieldTree } from './schema/failure.ts';
import { luaText } from './schema/lua-text.ts';

/** What Kong answers when an entity breaks its schema. */
export interface SchemaViolation {
  readonly code: 2;
  readonly name: 'schema violation';
  readonly message: string;
  readonly fields: FieldTree;
}

/** The answer to an entity with which these things are wrong. */
export function schemaViolation(failures: readonly Failure[]): SchemaViolation {
  const fields = fieldTree(failures);
  return { code: 2, name: 'schema violation', message: violationMessage(fields), fields };
}

/**
 * `schema violation (host: required field missing)`, or how many they are and what: first what is
 * wrong with the whole, then the fields by name. A field of a record and a place in a list are named;
 * what lies deeper is printed as Lua prints it.
 */
export function violationMessage(fields: FieldTree): string {
  const texts = Object.entries(fields)
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .flatMap(([name, wrong]) => (name === entityKey ? textsOf(wrong) : fieldTexts(name, wrong)));
  const count = texts.length === 1 ? 'schema violation' : `${texts.length} schema violations`;
  return `${count} (${texts.join('; ')})`;
}

type Wrong = FieldTree[string];

function rank(name: string): number {
  return name === entityKey ? 0 : 1;
}

function textsOf(wrong: Wrong): string[] {
  return Array.isArray(wrong) ? wrong.map(textOf) : [textOf(wrong)];
}

function fieldTexts(name: string, wrong: Wrong): string[] {
  if (typeof wrong === 'string') return [`${name}: ${wrong}`];
  if (Array.isArray(wrong)) {
    return wrong.flatMap((element, i) =>
      element === null ? [] : [`${name}.${i + 1}: ${textOf(element)}`],
    );
  }
  return Object.keys(wrong)
    .sort()
    .map((inner) => `${name}.${inner}: ${textOf(wrong[inner])}`);
}

function textOf(wrong: unknown): string {
  return typeof wrong === 'string' ? wrong : luaText(wrong);
}
