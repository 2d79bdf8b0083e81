import { checkSchema, SchemaCompiler } from './json-schema/compiler.ts';
import { draftOf, type Dialect } from './json-schema/dialect.ts';
import { readSchema, type Schema } from './json-schema/read-schema.ts';
import { SchemaProblem } from './json-schema/schema-problem.ts';
import { lazily, type ContentRule, type ParameterRule, type RequestRules } from './rules.ts';
import type { ParameterSettings, RequestValidatorConfig } from './schema.ts';
import { readMediaType } from './values/media-types.ts';
import type { Style } from './values/parameter.ts';
import { shapeOf, type Shape } from './values/shape.ts';

type Settings = Pick<
  RequestValidatorConfig,
  'allowed_content_types' | 'body_schema' | 'parameter_schema' | 'version'
>;

/** What a schema is compiled to, and what values of it look like. */
interface Compiled {
  readonly shape: Shape;
  readonly validate: ReturnType<typeof lazily>;
}

/**
 * What single schemas of the configuration ask of requests.
 *
 * @param check whether to look at everything at once, as before a configuration is taken
 * @throws SettingProblem
 */
export function schemaRules(settings: Settings, check: boolean): RequestRules {
  const { body_schema: body, parameter_schema: parameters, version } = settings;
  const compiled = (field: string, text: string): Compiled =>
    within(field, () => compile(text, version, check));
  const contents = (): ContentRule[] => {
    const own = compiled('body_schema', body ?? '');
    return (settings.allowed_content_types ?? []).flatMap((text): ContentRule[] => {
      const range = readMediaType(text);
      return range === null ? [] : [{ range, ...own }];
    });
  };
  return {
    parameters: (parameters ?? []).map((each) => ruleFor(each, compiled)),
    body: body === null ? null : { required: true, contents: contents(), otherTypes: 400 },
  };
}

/** Why a field of the configuration cannot be used. */
export class SettingProblem extends Error {
  readonly field: string;

  constructor(field: string, message: string, cause: unknown) {
    super(message, { cause });
    this.field = field;
  }
}

/** Says of which field a problem is. */
export function within<T>(field: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new SettingProblem(field, (error as Error).message, error);
  }
}

const ANY: Schema = true;

function ruleFor(
  { in: place, name, required, style, explode, schema }: ParameterSettings,
  compiled: (field: string, text: string) => Compiled,
): ParameterRule {
  const { shape, validate } = compiled('parameter_schema', schema ?? 'true');
  const usual: Style = place === 'query' ? 'form' : 'simple';
  const form = {
    in: place,
    name: place === 'header' ? name.toLowerCase() : name,
    style: style ?? usual,
    explode: explode ?? (style ?? usual) === 'form',
    shape,
  };
  return { form, required, isJson: false, validate };
}

function compile(text: string, version: Settings['version'], check: boolean): Compiled {
  const dialect = dialectFor(version, text);
  const schema = readSchema(parsed(text), dialect, '') ?? ANY;
  const draft = draftOf(dialect);
  if (check) checkSchema(schema, draft, '');
  const validate = lazily(() => new SchemaCompiler(draft).compile(schema));
  if (check) validate.prepare();
  return { validate, shape: shapeOf(schema, (reference) => partAt(schema, reference)) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new SchemaProblem('', `is no JSON: ${(error as Error).message}`, error);
  }
}

function dialectFor(version: Settings['version'], text: string): Dialect {
  if (version !== 'kong' && !text.trimStart().startsWith('[')) return version;
  throw new SchemaProblem(
    '',
    "Kong's own schema language (version kong) is not supported: write the schema as JSON Schema, with version draft7",
  );
}

function partAt(schema: Schema, reference: string): Schema | undefined {
  let found: unknown = schema;
  for (const name of reference.split('/').slice(1)) {
    const key = name.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[key];
  }
  return found as Schema;
}
