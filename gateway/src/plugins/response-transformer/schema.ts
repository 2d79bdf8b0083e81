import { f } from '../../plugin/plugin.ts';
import type { InferRecord } from '../../plugin/plugin.ts';
import { headerPairs, headerRenames, pairs, texts } from '../../plugin/schema-parts.ts';

const TYPES = ['boolean', 'number', 'string'] as const;

function values(what: string) {
  return f.record(
    {
      json: { ...pairs, description: `\`name:value\` of JSON members. ${what}` },
      json_types: f.array(f.string({ one_of: TYPES }), {
        required: true,
        default: [],
        description:
          'Type of each value of `json`, in the same order; `string` where none is given. A value that is no such number is left out.',
      }),
      headers: { ...headerPairs, description: `\`name:value\` of headers. ${what}` },
    },
    { required: true },
  );
}

export const responseTransformerConfig = f.record(
  {
    remove: f.record(
      {
        json: { ...texts, description: 'Names of JSON members to remove.' },
        headers: { ...texts, description: 'Names of headers to remove, with all their lines.' },
      },
      { required: true },
    ),
    rename: f.record(
      {
        json: { ...pairs, description: '`old:new` names of JSON members.' },
        headers: { ...headerRenames, description: '`old:new` names of headers.' },
      },
      { required: true },
    ),
    replace: values('Set only where the response has it.'),
    add: values('Set only where the response does not have it.'),
    append: values('Added to what the response has.'),
    max_body_size: f.integer({
      required: true,
      default: 8_388_608,
      between: [0, 104_857_600],
      beyondKong: true,
      description:
        'Longest JSON body that is changed, in bytes. A longer one is not passed on: the client gets a 502.',
    }),
    ask_uncompressed: f.boolean({
      required: true,
      default: false,
      beyondKong: true,
      description:
        'Whether to ask the service for uncompressed bodies (`Accept-Encoding: identity`), where `json` is configured. What a service compresses all the same passes unchanged.',
    }),
  },
  { required: true },
);

export type ResponseTransformerConfig = InferRecord<typeof responseTransformerConfig>;
