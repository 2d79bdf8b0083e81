import { parseDocument } from 'yaml';
import type { Dialect } from '../json-schema/dialect.ts';
import { DOCUMENT, isRecord, readSchema, type Schema } from '../json-schema/read-schema.ts';
import { below, SchemaProblem } from '../json-schema/schema-problem.ts';

export type Json = Readonly<Record<string, unknown>>;

/** Something in a document, and where: what a reference leads to is elsewhere. */
export interface Place {
  readonly value: unknown;
  /** JSON pointer. */
  readonly at: string;
}

/** More aliases in YAML than this are there to make something enormous of something small. */
const MOST_ALIASES = 1000;
const MOST_REFERENCES = 20;

const SCHEMAS = '/components/schemas';

/**
 * Reads the text of a document, JSON or YAML.
 *
 * @throws Error that says what is wrong with it
 */
export function readDocumentText(text: string): unknown {
  if (text.trimStart().startsWith('{')) return JSON.parse(text) as unknown;
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new Error(error.message.split('\n', 1)[0]);
  return document.toJS({ maxAliasCount: MOST_ALIASES }) as unknown;
}

/** An OpenAPI document, in which the schemas that are asked for are read and kept. */
export class OpenApiDocument {
  readonly dialect: Dialect;
  readonly root: Json;
  /** The schemas as they are compiled, at the places where they are in the document. */
  readonly #schemas: Json;

  /** @throws SchemaProblem */
  constructor(document: unknown) {
    if (!isRecord(document)) throw new SchemaProblem('', 'must be an OpenAPI document');
    this.root = document;
    this.dialect = dialectOf(document);
    this.#schemas = { components: { schemas: this.#components() } };
  }

  /** What the schemas of this document are compiled with. */
  get schemas(): object {
    return this.#schemas;
  }

  /** The schemas that others may refer to, by the places where they are. */
  get shared(): ReadonlyMap<string, Schema> {
    const { components } = this.#schemas as { components: { schemas: Record<string, Schema> } };
    const named = Object.entries(components.schemas);
    return new Map(named.map(([name, schema]) => [below(SCHEMAS, name), schema]));
  }

  /**
   * Follows references.
   *
   * @throws SchemaProblem where one leads nowhere, or around
   */
  resolve({ value, at }: Place): { readonly value: Json; readonly at: string } {
    let place: Place = { value, at };
    for (let i = 0; i < MOST_REFERENCES; i++) {
      if (!isRecord(place.value)) throw new SchemaProblem(place.at, 'must be an object');
      const { $ref: reference } = place.value;
      if (reference === undefined) return { value: place.value, at: place.at };
      place = this.#target(reference, below(place.at, '$ref'));
    }
    throw new SchemaProblem(at, 'references lead around');
  }

  /** Reads the schema at a place, for whoever compiles it. */
  schema({ value, at }: Place): Schema {
    return readSchema(value, this.dialect, at);
  }

  /** What a reference in a schema that was read leads to; undefined for nothing. */
  schemaAt(reference: string): Schema | undefined {
    let found: unknown = this.#schemas;
    for (const name of namesIn(reference.slice(DOCUMENT.length))) {
      if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) {
        return undefined;
      }
      found = (found as Json)[name];
    }
    return found as Schema;
  }

  #target(reference: unknown, at: string): Place {
    if (typeof reference !== 'string' || !reference.startsWith('#/')) {
      throw new SchemaProblem(at, 'must stay within the document, and so begin with #/');
    }
    let value: unknown = this.root;
    for (const name of namesIn(reference)) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) {
        throw new SchemaProblem(at, `leads to nothing: ${reference}`);
      }
      value = (value as Json)[name];
    }
    return { value, at: reference.slice(1) };
  }

  #components(): Json {
    const { components } = this.root;
    const schemas = isRecord(components) ? components.schemas : undefined;
    if (schemas === undefined) return {};
    if (!isRecord(schemas)) throw new SchemaProblem(SCHEMAS, 'must be an object');
    const read = Object.entries(schemas).map(([name, value]) => [
      name,
      this.schema({ value, at: below(SCHEMAS, name) }),
    ]);
    return Object.fromEntries(read) as Json;
  }
}

function dialectOf({ openapi, swagger }: Json): Dialect {
  if (typeof openapi === 'string' && /^3\.0\.\d/.test(openapi)) return 'openapi3.0';
  if (typeof openapi === 'string' && /^3\.1\.\d/.test(openapi)) return 'openapi3.1';
  if (swagger !== undefined) {
    throw new SchemaProblem('/swagger', 'OpenAPI 2 is not supported: convert the document to 3');
  }
  throw new SchemaProblem('/openapi', 'must be a version of 3.0 or 3.1, as a text');
}

/** What a JSON pointer in a reference names, one after the other. */
function namesIn(reference: string): string[] {
  const pointer = reference.slice(2);
  let plain: string;
  try {
    plain = decodeURIComponent(pointer);
  } catch {
    plain = pointer;
  }
  return plain.split('/').map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}
