import type { EntityCheck, Fields, Infer, Shorthand } from './schema/field.ts';

/**
 * All that is known about one kind of entity. Validation, defaults, ids and references derive from
 * it.
 */
export interface EntityDefinition<N extends string = string, F extends Fields = Fields> {
  /** Name of the table, and of the collection in a declarative file. */
  readonly name: N;
  /** What messages call one of them. */
  readonly singular: string;
  /** The field by which people refer to one of them, besides its id. */
  readonly endpointKey: string | null;
  /** Fields whose values together may occur once; ids in declarative files derive from them. */
  readonly cacheKey?: readonly string[];
  /** The field that decides what the others mean: when it is at fault nothing else is reported. */
  readonly subschemaKey?: string;
  readonly fields: F;
  readonly checks?: readonly EntityCheck[];
  /** Old or short spellings of fields, and values that fields are made of. */
  readonly shorthands?: Readonly<Record<string, Shorthand>>;
  /**
   * Applied to the input before it is checked: defaults that depend on other fields and normal
   * forms. Must leave alone what it does not understand.
   */
  readonly prepare?: (
    input: Readonly<Record<string, unknown>>,
  ) => Readonly<Record<string, unknown>>;
}

/** Declares an entity; only keeps its types literal. */
export function defineEntity<const N extends string, const F extends Fields>(
  definition: EntityDefinition<N, F>,
): EntityDefinition<N, F> {
  return definition;
}

export type EntityOf<D> = D extends { readonly fields: infer F } ? Infer<F> : never;
