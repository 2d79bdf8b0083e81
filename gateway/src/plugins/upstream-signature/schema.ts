import { headerName, matching } from '../../plugin/checks.ts';
import { unfitFieldName } from '../../plugin/field-names.ts';
import { f } from '../../plugin/plugin.ts';
import type { CheckFailure, InferRecord } from '../../plugin/plugin.ts';
import { SIGNING_ALGORITHMS, SigningKey, type KeySettings } from './signing-key.ts';

export type UpstreamSignatureConfig = InferRecord<typeof upstreamSignatureConfig>;

/** Fewer characters could be tried out by whoever sees a signature. */
const SHORTEST_SECRET = 32;

/** What stands between quotes in a header without being escaped. */
const plain = matching(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);

const key = f.record(
  {
    id: f.string({
      required: true,
      check: plain,
      description: 'Names the key to services: `kid`, or `keyid`. Another key has another id.',
    }),
    algorithm: f.string({
      required: true,
      one_of: SIGNING_ALGORITHMS,
      description:
        'What is signed with: `ES256` and `EdDSA` are quick, `RS256` and `PS512` take a ms for each signature. With `HS256` services have the same secret, and could sign themselves.',
    }),
    private_key: f.string({
      referenceable: true,
      encrypted: true,
      description: 'Private key in PEM, for all algorithms but `HS256`.',
    }),
    secret: f.string({
      referenceable: true,
      encrypted: true,
      len_min: SHORTEST_SECRET,
      description: 'Secret for `HS256`.',
    }),
  },
  {
    required: true,
    checks: [
      { custom: usableKey, reads: ['algorithm', 'private_key', 'secret'], unpublished: true },
    ],
  },
);

export const upstreamSignatureConfig = f.record(
  {
    keys: f.array(key, {
      required: true,
      len_min: 1,
      len_max: 10,
      description:
        'Keys of the gateway. The first one signs; the others are published only, so that services know them before and after.',
    }),
    format: f.string({
      required: true,
      default: 'jwt',
      one_of: ['jwt', 'http-signature'],
      description:
        '`jwt` sends a JSON Web Token. `http-signature` signs method, path, query and consumer of each request (RFC 9421).',
    }),
    header_name: f.string({
      required: true,
      default: 'X-Gateway-Token',
      check: (name) => headerName(name) ?? unfitFieldName(name),
      description: 'Field that the token is sent in.',
    }),
    issuer: f.string({
      required: true,
      default: 'sluice',
      description: 'Claim `iss` of tokens.',
    }),
    audience: f.string({
      check: plain,
      description:
        'Whom the signature is for: claim `aud`, or the parameter `tag`. Without it the name of the service, or else its id.',
    }),
    lifetime: f.integer({
      required: true,
      default: 60,
      between: [2, 3600],
      description:
        'Seconds for which a signature counts. A token that is bound to no request is used again for half of them.',
    }),
    bind: f.set(f.string({ one_of: ['request', 'body'] }), {
      required: true,
      default: [],
      description:
        'What of a request a token is for: `request` for its method, path and query, `body` for its body. Each request gets a token of its own then. Of an `http-signature`, `body` adds the body.',
    }),
    max_body_size: f.integer({
      required: true,
      default: 1_048_576,
      between: [0, 104_857_600],
      description: 'Longest body that `bind` reads, in bytes. A longer one is answered with 413.',
    }),
  },
  { required: true, checks: [{ custom: differentIds, reads: ['keys'], unpublished: true }] },
);

type Values = Readonly<Record<string, unknown>>;

function usableKey(values: Values): CheckFailure | undefined {
  const settings = values as unknown as KeySettings;
  const field = settings.algorithm === 'HS256' ? 'secret' : 'private_key';
  const value = settings[field];
  if (value === null || value === undefined) {
    return { field, message: `required with ${settings.algorithm}` };
  }
  // What a vault holds is only known later.
  if (value.startsWith('{vault://')) return undefined;
  try {
    new SigningKey(settings);
    return undefined;
  } catch (error) {
    return { field, message: (error as Error).message };
  }
}

function differentIds({ keys }: Values): CheckFailure | undefined {
  const ids = (keys as readonly KeySettings[] | null)?.map(({ id }) => id) ?? [];
  if (new Set(ids).size === ids.length) return undefined;
  return { field: 'keys', message: 'each needs an id of its own' };
}
