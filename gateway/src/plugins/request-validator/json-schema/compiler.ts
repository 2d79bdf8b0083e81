import { createRequire } from 'node:module';
import type { Ajv, FuncKeywordDefinition, Options, ValidateFunction } from 'ajv';
import { linearPattern } from '../../../plugin/linear-pattern.ts';
import type { Draft } from './dialect.ts';
import { formats } from './formats.ts';
import { mismatchOfError, type Mismatch } from './mismatch.ts';
import { DOCUMENT, STEP, type Schema } from './read-schema.ts';
import { SchemaProblem } from './schema-problem.ts';
import { areUnique } from './unique-items.ts';

/**
 * Says what is wrong with a value; nothing where nothing is.
 *
 * @param most so much at most. More than one takes a time that grows with how much there is.
 */
export type Validator = (value: unknown, most: number) => readonly Mismatch[];

type AjvClass = new (options: Options) => Ajv;

/** The compiler is large: loaded by who needs it, not with the gateway. */
const require = createRequire(import.meta.url);
const FILES: Readonly<Record<Draft, string>> = {
  draft7: 'ajv',
  draft201909: 'ajv/dist/2019.js',
  draft202012: 'ajv/dist/2020.js',
};

/** References that may be followed for one value: alternatives that refer to themselves multiply. */
const MOST_STEPS = 50_000;
let steps = 0;

class TooManySteps extends Error {}

const step: FuncKeywordDefinition = {
  keyword: STEP,
  schema: false,
  errors: false,
  validate: () => {
    if (++steps > MOST_STEPS) throw new TooManySteps();
    return true;
  },
};

const uniqueItems: FuncKeywordDefinition = {
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  errors: false,
  validate: (wanted: boolean, items: unknown[]) => !wanted || areUnique(items),
  error: { message: 'must NOT have duplicate items' },
};

/** Operators' expressions come from who writes schemas, the texts from clients. */
const regExp = Object.assign((source: string) => linearPattern(source), { code: 'linearPattern' });

function createCompiler(draft: Draft, more: Options): Ajv {
  const module = require(FILES[draft]) as { readonly default: AjvClass };
  const ajv = new module.default({
    strict: true,
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    allowMatchingProperties: true,
    allowUnionTypes: true,
    // Only members of the value itself count, not what every object has.
    ownProperties: true,
    multipleOfPrecision: 10,
    logger: false,
    code: { regExp },
    formats: formats(),
    ...more,
  });
  ajv.removeKeyword('uniqueItems');
  return ajv.addKeyword(step).addKeyword(uniqueItems);
}

/** Schemas that are compiled when they are first needed, each by itself or as parts of a document. */
export class SchemaCompiler {
  readonly #draft: Draft;
  readonly #document: object | null;
  #first: Ajv | null = null;
  #all: Ajv | null = null;

  /** @param document what references lead into, if schemas are parts of something; each read already */
  constructor(draft: Draft, document: object | null = null) {
    this.#draft = draft;
    this.#document = document;
  }

  /** @throws SchemaProblem */
  compile(schema: Schema): Validator {
    const first = compiled((this.#first ??= this.#create(false)), schema);
    let all: ValidateFunction | null = null;
    return (value, most) => {
      const mismatches = mismatchesOf(first, value, 1);
      if (mismatches.length === 0 || most === 1) return mismatches;
      all ??= compiled((this.#all ??= this.#create(true)), schema);
      return mismatchesOf(all, value, most);
    };
  }

  #create(allErrors: boolean): Ajv {
    const more = { meta: false, validateSchema: false, allErrors };
    const ajv = createCompiler(this.#draft, more);
    if (this.#document !== null) {
      // For the compiler a document is a schema that says nothing, with others in it.
      ajv.addVocabulary(['components']);
      ajv.addSchema(this.#document, DOCUMENT);
    }
    return ajv;
  }
}

/** @throws SchemaProblem */
function compiled(ajv: Ajv, schema: Schema): ValidateFunction {
  try {
    return ajv.compile(schema);
  } catch (error) {
    throw new SchemaProblem('', (error as Error).message.replaceAll(`${DOCUMENT}#`, '#'), error);
  }
}

function mismatchesOf(validate: ValidateFunction, value: unknown, most: number): Mismatch[] {
  steps = 0;
  try {
    if (validate(value)) return [];
  } catch (error) {
    if (error instanceof TooManySteps) return [{ path: '', message: 'is too intricate' }];
    throw error;
  }
  const errors = validate.errors?.slice(0, most) ?? [];
  validate.errors = null;
  return errors.map((error) => mismatchOfError(error, 'does not fit'));
}

const checkers = new Map<Draft, Ajv>();

/**
 * Checks that a schema says only what its draft knows.
 *
 * @param at JSON pointer of the schema in what it is part of
 * @throws SchemaProblem
 */
export function checkSchema(schema: Schema, draft: Draft, at: string): void {
  let ajv = checkers.get(draft);
  if (ajv === undefined) checkers.set(draft, (ajv = createCompiler(draft, { strict: false })));
  if (ajv.validateSchema(schema) === true) return;
  const { path, message } = mismatchOfError(ajv.errors?.[0], 'is wrong');
  throw new SchemaProblem(at + path, message);
}
