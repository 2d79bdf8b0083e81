import { isRecord, type Schema } from '../json-schema/read-schema.ts';

export type Kind = 'array' | 'boolean' | 'null' | 'number' | 'object' | 'string';

/**
 * What a value of a schema may be, as far as it takes to make one of texts: parameters and forms hold
 * nothing else.
 */
export interface Shape {
  /** Empty where a schema does not say. */
  readonly kinds: ReadonlySet<Kind>;
  readonly items: Shape | null;
  readonly properties: ReadonlyMap<string, Shape>;
}

/** Finds what a reference means; undefined for nothing. */
export type Resolve = (reference: string) => Schema | undefined;

/** Deeper than this nothing is made of texts. */
const MOST_DEPTH = 6;

export function shapeOf(schema: Schema, resolve: Resolve, depth = 0): Shape {
  const kinds = new Set<Kind>();
  const properties = new Map<string, Shape>();
  let items: Shape | null = null;
  for (const part of partsOf(schema, resolve, depth)) {
    for (const kind of kindsOf(part)) kinds.add(kind);
    if (depth >= MOST_DEPTH) continue;
    if (items === null && part.items !== undefined && !Array.isArray(part.items)) {
      items = shapeOf(part.items as Schema, resolve, depth + 1);
    }
    if (!isRecord(part.properties)) continue;
    for (const [name, property] of Object.entries(part.properties)) {
      if (!properties.has(name)) {
        properties.set(name, shapeOf(property as Schema, resolve, depth + 1));
      }
    }
  }
  if (kinds.size === 0 && items !== null) kinds.add('array');
  if (kinds.size === 0 && properties.size > 0) kinds.add('object');
  return { kinds, items, properties };
}

type Part = Readonly<Record<string, unknown>>;

/** The schema itself, and those of which all or one must hold as well. */
function partsOf(schema: Schema, resolve: Resolve, depth: number, found: Part[] = []): Part[] {
  if (!isRecord(schema) || found.includes(schema) || found.length > 200) return found;
  found.push(schema);
  const { $ref, allOf, anyOf, oneOf } = schema;
  if (typeof $ref === 'string') partsOf(resolve($ref) ?? true, resolve, depth, found);
  for (const list of [allOf, anyOf, oneOf]) {
    if (!Array.isArray(list)) continue;
    for (const each of list) partsOf(each as Schema, resolve, depth, found);
  }
  return found;
}

function kindsOf({ type, enum: values, const: constant }: Part): Kind[] {
  if (type !== undefined) return ([type].flat() as string[]).map(kindNamed);
  if (Array.isArray(values)) return values.map(kindOf);
  return constant === undefined ? [] : [kindOf(constant)];
}

function kindNamed(type: string): Kind {
  return type === 'integer' ? 'number' : (type as Kind);
}

function kindOf(value: unknown): Kind {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : (typeof value as Kind);
}
