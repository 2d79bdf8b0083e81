import type { AbsentFields } from './absent-fields.ts';
/**
 * The vocabulary in which entities and plugin configurations are described. It mirrors what Kong
 * publishes under `/schemas/*`, so one description yields validation, defaults, the TypeScript
 * type and the published schema.
 */

/** Rules that every kind of field can carry. */
interface Common<D> {
  /** `null` and absence are refused unless a default steps in. */
  readonly required?: boolean;
  readonly default?: D | null;
  /** No two entities of one kind may share a value. */
  readonly unique?: boolean;
  /** Filled in by the gateway when the caller gives nothing (ids, timestamps, generated keys). */
  readonly auto?: boolean;
  /** May be a `{vault://…}` reference. */
  readonly referenceable?: boolean;
  /** A secret: user interfaces mask it. */
  readonly encrypted?: boolean;
  /** Comes from other tables: accepted and shown, but not a value of the entity itself. */
  readonly transient?: boolean;
  /**
   * Kept with the entity, but neither accepted from clients nor shown or published to them; a function
   * where a setting of the node decides. Ask `isHidden`.
   */
  readonly hidden?: boolean | (() => boolean);
  /**
   * Of a plugin: Kong does not have it. It is neither published nor shown while it has its default, so
   * that clients made for Kong see what they know; its default acts as Kong does.
   */
  readonly beyondKong?: boolean;
  readonly description?: string;
  /** Still accepted, but something else has taken its place. */
  readonly deprecation?: Deprecation;
  /** The only value allowed, e.g. `null` for a scope that a plugin forbids. */
  readonly eq?: null;
  /**
   * A check of our own, run after the declared rules. Returns what is wrong in Kong's words, or
   * undefined. Those that several fields share are kept in `checks.ts`. The check of a list or map
   * runs first and, when it fails, stands for what its elements would have reported.
   */
  readonly check?: (value: D) => string | undefined;
}

/** Why a field should not be used any more, as published to clients. */
export interface Deprecation {
  readonly message: string;
  readonly removal_in_version: string;
  /** The value that counts as not set. */
  readonly old_default?: unknown;
}

export interface StringField extends Common<string> {
  readonly type: 'string';
  readonly one_of?: readonly string[];
  readonly not_one_of?: readonly string[];
  /** What to do where the value is none of `one_of`: for people, beside Kong's words. */
  readonly instead?: string;
  /** What to say whatever rule is broken, except for another type. */
  readonly err?: string;
  /** Shortest length in characters; 1 when absent, as in Kong. */
  readonly len_min?: number;
  readonly len_max?: number;
  readonly uuid?: boolean;
}

export interface NumberField extends Common<number> {
  readonly type: 'number' | 'integer';
  readonly one_of?: readonly number[];
  /** Inclusive bounds. */
  readonly between?: readonly [number, number];
  readonly gt?: number;
  /** Seconds since the epoch (a `number` has milliseconds as decimals); filled in when `auto`. */
  readonly timestamp?: boolean;
}

export interface BooleanField extends Common<boolean> {
  readonly type: 'boolean';
}

export interface ListField<E extends Field = Field> extends Common<readonly unknown[]> {
  /** A `set` holds no value twice. */
  readonly type: 'array' | 'set';
  readonly elements: E;
  readonly len_min?: number;
  readonly len_max?: number;
}

export interface MapField<V extends Field = Field> extends Common<
  Readonly<Record<string, unknown>>
> {
  readonly type: 'map';
  readonly keys: StringField;
  readonly values: V;
  readonly len_min?: number;
}

export interface RecordField<F extends Fields = Fields> extends Common<
  Readonly<Record<string, unknown>>
> {
  readonly type: 'record';
  readonly fields: F;
  readonly checks?: readonly EntityCheck[];
  /** What is in it depends on the value of another field of the entity. */
  readonly abstract?: boolean;
  /** Old spellings: accepted on input and translated into fields. */
  readonly shorthands?: Readonly<Record<string, Shorthand>>;
  /** Fields that Kong has there and this record has not: what to say of them is told by `adviceFor`. */
  readonly absent?: readonly AbsentFields[];
}

export interface ForeignField extends Common<{ readonly id: string } | null> {
  readonly type: 'foreign';
  /** Table name of the entity referred to. */
  readonly reference: string;
  readonly on_delete?: 'cascade' | 'restrict';
}

/** Any value that JSON can hold. */
export interface JsonField extends Common<unknown> {
  readonly type: 'json';
}

export type Field =
  | StringField
  | NumberField
  | BooleanField
  | ListField
  | MapField
  | RecordField
  | ForeignField
  | JsonField;

export type Fields = Readonly<Record<string, Field>>;

/** Whether clients have no part in a field. */
export function isHidden({ hidden = false }: Field): boolean {
  return typeof hidden === 'function' ? hidden() : hidden;
}

export interface Shorthand {
  readonly field: Field;
  /** Turns the old value into values for real fields (paths are dotted). */
  readonly translate: (value: never) => Readonly<Record<string, unknown>>;
  readonly deprecation?: Deprecation;
  /**
   * Where the value lives now. Clients are shown it under the old name too, and the two must not
   * contradict each other.
   */
  readonly replaced_with?: readonly (readonly string[])[];
}

/** Rules over several fields of a record; paths are dotted. Names as in Kong's schemas. */
export type EntityCheck =
  | { readonly at_least_one_of: readonly string[] }
  | { readonly only_one_of: readonly string[] }
  | { readonly mutually_exclusive: readonly string[] }
  | { readonly mutually_required: readonly string[] }
  | {
      readonly mutually_exclusive_sets: {
        readonly set1: readonly string[];
        readonly set2: readonly string[];
      };
    }
  | { readonly distinct: readonly string[] }
  | {
      readonly conditional: {
        readonly if_field: string;
        readonly if_match: Match;
        readonly then_field: string;
        readonly then_match: Match;
        readonly then_err?: string;
      };
    }
  | {
      readonly conditional_at_least_one_of: {
        readonly if_field: string;
        readonly if_match: Match;
        readonly then_at_least_one_of: readonly string[];
        /** `%s` stands for the names of the fields. */
        readonly then_err: string;
      };
    }
  | {
      /** A rule in code, for what the declared ones cannot say. */
      readonly custom: (record: Readonly<Record<string, unknown>>) => CheckFailure | undefined;
      readonly reads: readonly string[];
      /** Kong states the rule elsewhere than among the published ones. */
      readonly unpublished?: true;
    };

export interface CheckFailure {
  /** Dotted path of the field at fault; absent when it is the entity as a whole. */
  readonly field?: string;
  readonly message: string;
  /** The value is right in Kong, but this version of the gateway cannot serve it. */
  readonly unsupported?: true;
}

export interface Match {
  readonly eq?: string | number | boolean | null;
  readonly ne?: string | number | boolean | null;
  readonly one_of?: readonly (string | number)[];
  readonly not_one_of?: readonly (string | number)[];
  readonly required?: boolean;
  readonly gt?: number;
  readonly contains?: string;
  readonly len_eq?: number;
  /** Holds when it holds for every element. */
  readonly elements?: Match;
}

type Options<F> = Omit<
  Partial<F>,
  'type' | 'elements' | 'keys' | 'values' | 'fields' | 'reference'
>;

/** Builders. Options stay literal types, so that `Infer` knows what is required. */
export const f = {
  string: <const O extends Options<StringField>>(options?: O) =>
    ({ type: 'string', ...options }) as { readonly type: 'string' } & O,
  number: <const O extends Options<NumberField>>(options?: O) =>
    ({ type: 'number', ...options }) as { readonly type: 'number' } & O,
  integer: <const O extends Options<NumberField>>(options?: O) =>
    ({ type: 'integer', ...options }) as { readonly type: 'integer' } & O,
  boolean: <const O extends Options<BooleanField>>(options?: O) =>
    ({ type: 'boolean', ...options }) as { readonly type: 'boolean' } & O,
  array: <E extends Field, const O extends Options<ListField>>(elements: E, options?: O) =>
    ({ type: 'array', elements, ...options }) as {
      readonly type: 'array';
      readonly elements: E;
    } & O,
  set: <E extends Field, const O extends Options<ListField>>(elements: E, options?: O) =>
    ({ type: 'set', elements, ...options }) as { readonly type: 'set'; readonly elements: E } & O,
  map: <V extends Field, const O extends Options<MapField>>(
    keys: StringField,
    values: V,
    options?: O,
  ) =>
    ({ type: 'map', keys, values, ...options }) as {
      readonly type: 'map';
      readonly keys: StringField;
      readonly values: V;
    } & O,
  record: <F extends Fields, const O extends Options<RecordField>>(fields: F, options?: O) =>
    ({ type: 'record', fields, ...options }) as { readonly type: 'record'; readonly fields: F } & O,
  json: <const O extends Options<JsonField>>(options?: O) =>
    ({ type: 'json', ...options }) as { readonly type: 'json' } & O,
  foreign: <const O extends Options<ForeignField>>(reference: string, options?: O) =>
    ({ type: 'foreign', reference, ...options }) as {
      readonly type: 'foreign';
      readonly reference: string;
    } & O,
};

type Value<F> = F extends { type: 'string'; one_of: readonly (infer S)[] }
  ? S
  : F extends { type: 'string' }
    ? string
    : F extends { type: 'number' | 'integer' }
      ? number
      : F extends { type: 'boolean' }
        ? boolean
        : F extends { type: 'array' | 'set'; elements: infer E }
          ? readonly Value<E>[]
          : F extends { type: 'map'; values: infer V }
            ? Readonly<Record<string, Value<V>>>
            : F extends { type: 'record'; fields: infer R }
              ? Infer<R>
              : F extends { type: 'foreign' }
                ? { readonly id: string }
                : F extends { type: 'json' }
                  ? unknown
                  : never;

/**
 * The TypeScript type of a validated set of fields: everything present, `null` where a field is
 * neither required nor filled in by the gateway.
 */
export type Infer<F> = {
  readonly [K in keyof F]: F[K] extends { required: true } | { auto: true }
    ? Value<F[K]>
    : Value<F[K]> | null;
};

/** The type of a validated record field, e.g. a plugin's configuration. */
export type InferRecord<R> = R extends { fields: infer F } ? Infer<F> : never;
