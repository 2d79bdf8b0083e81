import { headerName } from '../../plugin/checks.ts';
import { isFramingField } from '../../plugin/framing-names.ts';
import { f, type InferRecord } from '../../plugin/plugin.ts';
import { templateProblem } from '../../plugin/template/template.ts';
import { VARIABLES } from './answer-scope.ts';
import { bodyProblem } from './body-template.ts';
import { statusesProblem } from './statuses.ts';

const CONTENT_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;[\x20-\x7e]*)?$/;
const OTHER_CHARSET = /charset\s*=\s*"?(?!utf-8)/i;
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

const name = f.string({ check: fieldToSet });
const template = f.string({ check: (text) => templateProblem(text, VARIABLES) });

const rule = f.record(
  {
    statuses: f.array(f.string({ check: statusesProblem }), {
      required: true,
      default: ['4xx', '5xx'],
      len_min: 1,
      description: 'Which answers the rule is for: `404`, `4xx`, `500-599`.',
    }),
    types: f.array(f.string(), {
      description:
        'Only answers to clients that would have one of these media types by their `Accept`, such as `text/html` for browsers, or where that leaves it open, answers that have one. Without it all.',
    }),
    status: f.integer({
      between: [200, 599],
      check: hasBody,
      description: 'Status in place of that of the answer. Not in gRPC.',
    }),
    headers: f.record(
      {
        remove: f.array(name, { required: true, default: [], description: 'Headers to remove.' }),
        set: f.map(name, template, {
          description: 'Headers with a template for each value, in place of those that are there.',
        }),
        add: f.map(name, template, {
          description: 'The same, for headers that the answer does not have.',
        }),
      },
      { required: true },
    ),
    content_type: f.string({
      required: true,
      default: 'application/json; charset=utf-8',
      check: contentType,
      description: 'Content-Type of `body`, which decides how values are escaped. UTF-8.',
    }),
    body: f.string({
      description: 'Template of the body. Without it the body stays. Not in gRPC.',
    }),
  },
  { check: bodyFits },
);

export const exitTransformerConfig = f.record(
  {
    rules: f.array(rule, {
      required: true,
      default: [],
      description: 'What becomes of which answers. The first that fits an answer is applied.',
    }),
    handle_unknown: f.boolean({
      required: true,
      default: true,
      description:
        'Whether a global instance shapes the 404 of requests that no route is for. `false` by default in Kong.',
    }),
    handle_unexpected: f.boolean({
      required: true,
      default: true,
      description:
        'Whether a global instance shapes what is answered before a route is looked for: to requests that are malformed or too large. `false` by default in Kong.',
    }),
  },
  {
    required: true,
    absent: [
      {
        fields: { functions: [] },
        advice:
          "Lua functions do not run here: say in 'rules' what becomes of which statuses (see the README of exit-transformer)",
      },
    ],
  },
);

export type ExitTransformerConfig = InferRecord<typeof exitTransformerConfig>;
export type RuleConfig = InferRecord<typeof rule>;

function fieldToSet(value: string): string | undefined {
  const lower = value.toLowerCase();
  if (isFramingField(lower)) return `'${value}' frames the message: the gateway alone sets it`;
  if (lower === 'content-type') return "say it in 'content_type', with the body that it is of";
  return headerName(value);
}

function hasBody(status: number): string | undefined {
  return BODILESS.has(status) ? `a response of status ${status} has no body` : undefined;
}

function contentType(value: string): string | undefined {
  if (!CONTENT_TYPE.test(value)) return `'${value}' is no media type`;
  return OTHER_CHARSET.test(value) ? 'bodies are written in UTF-8' : undefined;
}

function bodyFits(config: Readonly<Record<string, unknown>>): string | undefined {
  const { body, content_type: type } = config;
  if (typeof body !== 'string' || typeof type !== 'string') return undefined;
  const problem = bodyProblem(body, type);
  return problem === undefined ? undefined : `body: ${problem}`;
}
