import { f } from '../../plugin/plugin.ts';
import type { CheckFailure, Infer, InferRecord } from '../../plugin/plugin.ts';
import { problemOf } from './check.ts';
import { isRecord } from './json-schema/read-schema.ts';
import { readDocumentText } from './openapi/document.ts';
import { readMediaType } from './values/media-types.ts';
import { STYLES } from './values/parameter.ts';

export type RequestValidatorConfig = InferRecord<typeof requestValidatorConfig>;

const parameterFields = {
  in: f.string({
    required: true,
    one_of: ['query', 'header', 'path'],
    description:
      'Where the parameter is. One in the `path` is a named group of the regular expression of the route.',
  }),
  name: f.string({ required: true, description: 'What the parameter is called.' }),
  required: f.boolean({
    required: true,
    default: false,
    description: 'Whether requests must have it.',
  }),
  style: f.string({
    one_of: STYLES,
    description:
      'How lists and objects are written, as OpenAPI says. Without it `form` in the query, else `simple`.',
  }),
  explode: f.boolean({
    description:
      'Whether each value of a list or object stands for itself. Without it only where the style is `form`.',
  }),
  schema: f.string({
    description: 'JSON Schema of the value, as a text. Without it any value will do.',
  }),
};

export type ParameterSettings = Infer<typeof parameterFields>;

export const requestValidatorConfig = f.record(
  {
    body_schema: f.string({
      description: 'JSON Schema that bodies must fit, as a text.',
    }),
    version: f.string({
      required: true,
      default: 'draft7',
      one_of: ['draft4', 'draft7', 'draft201909', 'draft202012', 'kong'],
      description:
        'Version of JSON Schema. The language `kong` is recognised, to be refused with a reason.',
    }),
    parameter_schema: f.array(f.record(parameterFields, { required: true }), {
      description: 'What parameters must be.',
    }),
    allowed_content_types: f.set(
      f.string({
        check: (text) => (readMediaType(text) === null ? `invalid value: ${text}` : undefined),
      }),
      {
        default: ['application/json'],
        description:
          'Media types that bodies may have, with `body_schema`. JSON and forms must fit the schema; bodies of other types, where there are any here, are not looked into.',
      },
    ),
    content_type_parameter_validation: f.boolean({
      required: true,
      default: true,
      description:
        'Whether a `Content-Type` may have no other parameters than those in `allowed_content_types`, or in the OpenAPI document, and `charset=utf-8`.',
    }),
    verbose_response: f.boolean({
      required: true,
      default: false,
      description:
        'Whether clients are told what is wrong, and where: up to ten things with the parameters, or else with the body; of bodies over 4 KiB the first.',
    }),
    openapi: f.json({
      check: documentProblem,
      description:
        'An OpenAPI document, version 3.0 or 3.1, as an object: paths, methods, parameters and bodies must be as it says.',
    }),
    base_path: f.string({
      check: (text) => (/^\/(?:.*[^/])?$/.test(text) ? undefined : `invalid value: ${text}`),
      description:
        'What stands in front of the paths of the OpenAPI document, in requests to the service. Without it the path of the first of its `servers`.',
    }),
    allow_undocumented: f.boolean({
      required: true,
      default: false,
      description:
        'Whether requests pass for which the OpenAPI document has no path, or not this method.',
    }),
    max_body_size: f.integer({
      required: true,
      default: 1_048_576,
      between: [1, 104_857_600],
      description: 'Longest body that is looked into, in bytes. A longer one is answered with 413.',
    }),
    max_depth: f.integer({
      required: true,
      default: 64,
      between: [1, 200],
      description: 'How deeply objects and lists of a JSON body may be nested.',
    }),
  },
  {
    required: true,
    shorthands: {
      openapi_text: {
        field: f.string({
          check: textProblem,
          description:
            'The OpenAPI document as a text, JSON or YAML. It is kept as an object, in `openapi`.',
        }),
        translate: (text: string) => ({ openapi: readDocumentText(text) }),
      },
    },
    checks: [
      { at_least_one_of: ['body_schema', 'parameter_schema', 'openapi'] },
      { mutually_exclusive: ['body_schema', 'openapi'] },
      { mutually_exclusive: ['parameter_schema', 'openapi'] },
      {
        custom: (values): CheckFailure | undefined =>
          problemOf(values as unknown as RequestValidatorConfig),
        reads: ['body_schema', 'parameter_schema', 'openapi', 'version', 'base_path'],
        unpublished: true,
      },
    ],
  },
);

function documentProblem(document: unknown): string | undefined {
  return isRecord(document) ? undefined : 'must be an object; a text goes into openapi_text';
}

function textProblem(text: string): string | undefined {
  try {
    readDocumentText(text);
    return undefined;
  } catch (error) {
    return `is neither JSON nor YAML: ${(error as Error).message}`;
  }
}
