import { nameValue } from '../../plugin/name-value.ts';
import { f } from '../../plugin/plugin.ts';
import type { InferRecord } from '../../plugin/plugin.ts';
import { headerPairs, headerRenames, methodField, texts } from '../../plugin/schema-parts.ts';
import { templateProblem } from '../../plugin/template/template.ts';
import { VARIABLES } from './request-scope.ts';

type Texts = typeof texts;

/** A list whose values behind the name are templates. */
function withTemplates(list: Texts, description: string) {
  const { check } = list.elements;
  const elements = f.string({ check: (text) => check?.(text) ?? valueProblem(text) });
  return f.array(elements, { required: true, default: [], description });
}

function valueProblem(text: string): string | undefined {
  const { value } = nameValue(text);
  return value === null ? undefined : templateProblem(value, VARIABLES);
}

function names(what: string) {
  return { ...texts, description: `Names of ${what} to remove.` };
}

function values(what: string) {
  return {
    body: withTemplates(texts, `\`name:value\` of fields of the body. ${what}`),
    headers: withTemplates(headerPairs, `\`name:value\` of headers. ${what}`),
    querystring: withTemplates(texts, `\`name:value\` of query arguments. ${what}`),
  };
}

export const requestTransformerConfig = f.record(
  {
    http_method: {
      ...methodField,
      description: 'Method that the service is asked with, in place of the one of the client.',
    },
    remove: f.record(
      {
        body: names('fields of the body'),
        headers: names('headers'),
        querystring: names('query arguments'),
      },
      { required: true },
    ),
    rename: f.record(
      {
        body: withTemplates(texts, '`old:new` names of fields of the body.'),
        headers: { ...headerRenames, description: '`old:new` names of headers.' },
        querystring: withTemplates(texts, '`old:new` names of query arguments.'),
      },
      { required: true },
    ),
    replace: f.record(
      {
        ...values('Set only where the request has it.'),
        uri: f.string({
          check: (text) => templateProblem(text, VARIABLES),
          description:
            'Path that the service is asked for, in place of that of route and service. What stands behind a `?` is put in front of the query string.',
        }),
      },
      { required: true },
    ),
    add: f.record(values('Set only where the request does not have it.'), { required: true }),
    append: f.record(values('Added to what the request has.'), { required: true }),
    max_body_size: f.integer({
      required: true,
      default: 8_388_608,
      between: [0, 104_857_600],
      beyondKong: true,
      description:
        'Longest body that is changed, in bytes. A longer one is answered with 413, and so is a form of more than 1000 fields.',
    }),
  },
  { required: true },
);

export type RequestTransformerConfig = InferRecord<typeof requestTransformerConfig>;
