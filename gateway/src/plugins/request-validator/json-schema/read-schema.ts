import { unfitPattern } from '../../../plugin/linear-pattern.ts';
import { hasBooleanLimits, isOpenApi, refStandsAlone, type Dialect } from './dialect.ts';
import { isFormat } from './formats.ts';
import { ANCHORS, ANNOTATIONS, ASSERTIONS, NESTING, REFERENCES } from './keywords.ts';
import { below, SchemaProblem } from './schema-problem.ts';

export type Schema = boolean | Readonly<Record<string, unknown>>;

/** Beside every reference: counts how often references are followed. */
export const STEP = 'sluice-step';

/** The name of the document that schemas are parts of. Nothing is ever read from there. */
export const DOCUMENT = 'urn:sluice:openapi';

const MOST_DEPTH = 64;

/**
 * Reads a schema that an operator wrote into one that the compiler takes: only what checks something,
 * in the words of the draft that it is compiled as. Whatever could be misread, leads out of the schema,
 * or costs more than it seems is refused, with its place.
 *
 * @param at JSON pointer of the schema in what it is part of
 * @throws SchemaProblem
 */
export function readSchema(value: unknown, dialect: Dialect, at: string): Schema {
  return new SchemaReader(dialect).read(value, at, 0);
}

class SchemaReader {
  readonly #dialect: Dialect;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  read(value: unknown, at: string, depth: number): Schema {
    if (typeof value === 'boolean') return value;
    if (!isRecord(value)) throw new SchemaProblem(at, 'a schema must be an object');
    if (depth > MOST_DEPTH) throw new SchemaProblem(at, `nested deeper than ${MOST_DEPTH} schemas`);
    const given = this.#withLimits(value, at);
    const isReference = typeof given.$ref === 'string';
    const read: Record<string, unknown> = {};
    for (const [keyword, argument] of Object.entries(given)) {
      const isBeside = isReference && refStandsAlone(this.#dialect) && keyword !== '$ref';
      if (isBeside && !['definitions', '$defs', 'nullable'].includes(keyword)) continue;
      this.#readKeyword(read, keyword, argument, below(at, keyword), depth);
    }
    if (isOpenApi(this.#dialect)) forRequests(read, given);
    return given.nullable === true && this.#dialect === 'openapi3.0' ? orNull(read) : read;
  }

  #readKeyword(
    read: Record<string, unknown>,
    keyword: string,
    argument: unknown,
    at: string,
    depth: number,
  ): void {
    const nesting = NESTING.get(keyword);
    if (nesting !== undefined) {
      read[keyword] = this.#readNested(nesting, argument, at, depth);
    } else if (REFERENCES.has(keyword)) {
      const base = isOpenApi(this.#dialect) ? DOCUMENT : '';
      read[keyword] = base + localReference(argument, at);
      read[STEP] = true;
    } else if (keyword === 'format') {
      if (isFormat(argument)) read[keyword] = argument;
      else if (!isOpenApi(this.#dialect)) throw new SchemaProblem(at, 'there is no such format');
    } else if (ASSERTIONS.has(keyword) || ANCHORS.has(keyword)) {
      if (keyword === 'pattern') fitPattern(argument, at);
      read[keyword] = argument;
    } else if (keyword === '$id' || keyword === 'id') {
      // Places are found without it; below, it would change what references mean.
      if (depth > 0) throw new SchemaProblem(at, 'a schema with an id of its own is not supported');
    } else if (!ANNOTATIONS.has(keyword) && !keyword.startsWith('x-') && keyword !== 'nullable') {
      throw new SchemaProblem(at, 'there is no such keyword');
    } else if (keyword === 'nullable' && this.#dialect !== 'openapi3.0') {
      throw new SchemaProblem(at, 'only OpenAPI 3.0 has this keyword');
    }
  }

  #readNested(nesting: Nesting, argument: unknown, at: string, depth: number): unknown {
    const each = (value: unknown, i: number): Schema => this.read(value, below(at, i), depth + 1);
    switch (nesting) {
      case 'schema':
        return this.read(argument, at, depth + 1);
      case 'schema or schemas':
        if (Array.isArray(argument)) return argument.map(each);
        return this.read(argument, at, depth + 1);
      case 'schemas':
        if (!Array.isArray(argument)) throw new SchemaProblem(at, 'must be a list of schemas');
        return argument.map(each);
      case 'map':
      case 'map or names':
        return this.#readMap(nesting, argument, at, depth);
    }
  }

  #readMap(nesting: Nesting, argument: unknown, at: string, depth: number): object {
    if (!isRecord(argument)) throw new SchemaProblem(at, 'must be an object of schemas');
    const entries = Object.entries(argument).map(([name, value]) => {
      // The compiler passes over it.
      if (name === '__proto__') throw new SchemaProblem(at, 'cannot describe __proto__');
      if (at.endsWith('/patternProperties')) fitPattern(name, below(at, name));
      if (nesting === 'map or names' && Array.isArray(value)) return [name, value as unknown[]];
      return [name, this.read(value, below(at, name), depth + 1)];
    });
    return Object.fromEntries(entries) as object;
  }

  /** Limits as later drafts have them. */
  #withLimits(schema: Readonly<Record<string, unknown>>, at: string): Record<string, unknown> {
    const given = { ...schema };
    for (const [limit, exclusive] of LIMITS) {
      const flag = given[exclusive];
      if (typeof flag !== 'boolean') continue;
      if (!hasBooleanLimits(this.#dialect)) {
        throw new SchemaProblem(below(at, exclusive), 'must be a number');
      }
      delete given[exclusive];
      if (!flag || given[limit] === undefined) continue;
      given[exclusive] = given[limit];
      delete given[limit];
    }
    return given;
  }
}

type Nesting = NonNullable<ReturnType<(typeof NESTING)['get']>>;

const LIMITS = [
  ['minimum', 'exclusiveMinimum'],
  ['maximum', 'exclusiveMaximum'],
] as const;

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function localReference(argument: unknown, at: string): string {
  if (typeof argument === 'string' && argument.startsWith('#')) return argument;
  throw new SchemaProblem(at, 'must stay within the schema, and so begin with #');
}

function fitPattern(argument: unknown, at: string): void {
  if (typeof argument !== 'string') throw new SchemaProblem(at, 'must be a text');
  const problem = unfitPattern(argument, `is no regular expression: ${argument}`);
  if (problem !== undefined) throw new SchemaProblem(at, problem);
}

/** What a service only ever answers with is not required of requests. */
function forRequests(
  read: Record<string, unknown>,
  { properties, required }: ReadonlyRecord,
): void {
  if (!Array.isArray(required) || !isRecord(properties)) return;
  read.required = required.filter((name: string) => {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return !isRecord(property) || property.readOnly !== true;
  });
}

type ReadonlyRecord = Readonly<Record<string, unknown>>;

/** Null is a value of a schema as well. Keeps the places of what is in it where that is possible. */
function orNull(schema: Record<string, unknown>): Record<string, unknown> {
  const { type, enum: values } = schema;
  if (typeof type !== 'string') return { anyOf: [{ type: 'null' }, schema] };
  return {
    ...schema,
    type: [type, 'null'],
    ...(Array.isArray(values) ? { enum: [...new Set([...(values as unknown[]), null])] } : {}),
  };
}
