import { f } from '../../plugin/plugin.ts';
import type { CheckFailure } from '../../plugin/plugin.ts';
import { ALGORITHMS } from './signature.ts';

export const hmacAuthConfig = f.record(
  {
    hide_credentials: f.boolean({
      required: true,
      default: false,
      description: 'Whether to remove the signature before the request goes to the service.',
    }),
    clock_skew: f.number({
      default: 300,
      gt: 0,
      description: 'How far the date of a request may be from the present, in seconds.',
    }),
    anonymous: f.string({
      description:
        'Id or username of a consumer as which requests without a valid signature go on. Without it they are answered with 401.',
    }),
    validate_request_body: f.boolean({
      required: true,
      default: false,
      description:
        'Whether the body must have the SHA-256 digest that the field `Digest` names. A body without `Digest` is refused then.',
    }),
    enforce_headers: f.array(f.string(), {
      default: [],
      description:
        'What must be signed at least: names of fields, `request-line` or `@request-target`.',
    }),
    algorithms: f.array(f.string({ one_of: ALGORITHMS }), {
      default: ALGORITHMS,
      description: 'Algorithms that signatures may have.',
    }),
    realm: f.string({ description: 'Realm that `WWW-Authenticate` names in a 401.' }),
    accept_unsigned: f.boolean({
      required: true,
      default: false,
      beyondKong: true,
      description:
        "Whether a date, and the digest of a body, count also where they are not signed. That is Kong's way: whoever sees such a request can send it again later, or with another body.",
    }),
    accept_path_only: f.boolean({
      required: true,
      default: false,
      beyondKong: true,
      description:
        "Whether a signature of `request-line` or `@request-target` counts also if it leaves the query string out. That is Kong's way: the query string of such a request can be changed.",
    }),
    reject_replays: f.boolean({
      required: true,
      default: false,
      beyondKong: true,
      description:
        'Whether a signature counts only once on this node. Clients that send the same request twice in a second must sign a field that differs. Not together with `accept_unsigned`.',
    }),
    max_body_size: f.integer({
      required: true,
      default: 1_048_576,
      between: [0, 104_857_600],
      beyondKong: true,
      description:
        'Longest body that `validate_request_body` reads, in bytes. A longer one is answered with 413.',
    }),
  },
  {
    required: true,
    checks: [
      {
        custom: replaysOfWhatIsSigned,
        reads: ['reject_replays', 'accept_unsigned'],
        unpublished: true,
      },
    ],
  },
);

function replaysOfWhatIsSigned(
  config: Readonly<Record<string, unknown>>,
): CheckFailure | undefined {
  if (config.reject_replays !== true || config.accept_unsigned !== true) return undefined;
  return {
    field: 'reject_replays',
    message:
      'a request can be sent again with another date if that is not signed: not together with accept_unsigned',
  };
}
