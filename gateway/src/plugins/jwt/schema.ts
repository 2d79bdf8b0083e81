import { PUBLIC_KEY_ALGORITHMS } from '../../plugin/jose/algorithms.ts';
import { f } from '../../plugin/plugin.ts';
import type { CheckFailure, EntityCheck, InferRecord } from '../../plugin/plugin.ts';
import { isWebAddress } from '../../plugin/web-address.ts';

export type JwtConfig = InferRecord<typeof jwtConfig>;

const DAY = 86_400;

export const jwtConfig = f.record(
  {
    uri_param_names: f.set(f.string(), {
      default: ['jwt'],
      description: 'Query arguments that may hold the token.',
    }),
    cookie_names: f.set(f.string(), {
      default: [],
      description: 'Cookies that may hold the token, whatever the case of their names.',
    }),
    key_claim_name: f.string({
      default: 'iss',
      description: 'Claim, or else field of the header, that names the `key` of a credential.',
    }),
    secret_is_base64: f.boolean({
      required: true,
      default: false,
      description: 'Whether secrets of `HS*` are kept in base64.',
    }),
    claims_to_verify: f.set(f.string({ one_of: ['exp', 'nbf'] }), {
      description:
        'Claims that must be there and right: `exp` in the future, `nbf` not. Without it a token that has expired passes, as in Kong.',
    }),
    anonymous: f.string({
      description:
        'Id or username of a consumer as which requests without a valid token go on. Without it they are answered with 401.',
    }),
    run_on_preflight: f.boolean({
      required: true,
      default: true,
      description: 'Whether `OPTIONS` requests need a token too.',
    }),
    maximum_expiration: f.number({
      default: 0,
      between: [0, 31_536_000],
      description:
        'How far in the future `exp` may be, in seconds; 0 for any time. Needs `exp` in `claims_to_verify`.',
    }),
    header_names: f.set(f.string(), {
      default: ['authorization'],
      description: 'Fields that may hold the token, behind the word `Bearer`.',
    }),
    realm: f.string({ description: 'Realm that `WWW-Authenticate` names in a 401.' }),
    issuer: f.string({
      beyondKong: true,
      description: 'The `iss` that tokens must have.',
    }),
    audience: f.set(f.string(), {
      beyondKong: true,
      description: 'Tokens must be for one of these: `aud` is it, or lists it.',
    }),
    leeway: f.number({
      required: true,
      default: 0,
      between: [0, 3600],
      beyondKong: true,
      description:
        'How far the clocks of issuers may be off, in seconds, for `exp`, `nbf` and `iat`.',
    }),
    accept_future_iat: f.boolean({
      required: true,
      default: false,
      beyondKong: true,
      description:
        "Whether a token may claim to have been issued (`iat`) more than a minute in the future. That is Kong's way.",
    }),
    jwks_uri: f.string({
      check: isWebAddress,
      beyondKong: true,
      description:
        'Where the JSON Web Key Set of `issuer` is. Tokens are verified with its keys then, `exp` must be there and right, and no credentials are needed.',
    }),
    jwks_algorithms: f.set(f.string({ one_of: PUBLIC_KEY_ALGORITHMS }), {
      required: true,
      default: PUBLIC_KEY_ALGORITHMS,
      len_min: 1,
      beyondKong: true,
      description: 'Algorithms that tokens of the issuer may have.',
    }),
    jwks_ttl: f.integer({
      required: true,
      default: 3600,
      between: [10, 30 * DAY],
      beyondKong: true,
      description: 'Seconds after which the key set is read again, beside the traffic.',
    }),
    jwks_max_age: f.integer({
      required: true,
      default: DAY,
      between: [10, 365 * DAY],
      beyondKong: true,
      description:
        'Seconds for which keys are used while the key set cannot be read. Afterwards requests are answered with 503.',
    }),
    jwks_timeout: f.integer({
      required: true,
      default: 5000,
      between: [1, 60_000],
      beyondKong: true,
      description: 'Longest time for the key set to be answered, in ms.',
    }),
    consumer_claim: f.string({
      required: true,
      default: 'sub',
      beyondKong: true,
      description: 'Claim of the issuer’s tokens that names a consumer.',
    }),
    consumer_by: f.array(f.string({ one_of: ['username', 'custom_id', 'id'] }), {
      required: true,
      default: ['username', 'custom_id'],
      len_min: 1,
      beyondKong: true,
      description: 'What of a consumer that claim is, tried in this order.',
    }),
    consumer_optional: f.boolean({
      required: true,
      default: false,
      beyondKong: true,
      description: 'Whether a token of the issuer passes also if it names no consumer.',
    }),
    groups_claim: f.string({
      beyondKong: true,
      description:
        'Claim of the issuer’s tokens with groups for `acl`: a list, or a text with spaces in between.',
    }),
    accept_credentials: f.boolean({
      required: true,
      default: false,
      beyondKong: true,
      description:
        'With `jwks_uri`: whether tokens of consumers’ own credentials, which are not from `issuer`, pass as well.',
    }),
  },
  {
    required: true,
    checks: [
      { custom: issuerOfKeySet, reads: ['jwks_uri', 'issuer'], unpublished: true },
      { custom: ageOfKeys, reads: ['jwks_ttl', 'jwks_max_age'], unpublished: true },
    ],
  },
);

/** Kong states it of the plugin as an entity. */
export const jwtChecks: readonly EntityCheck[] = [
  {
    conditional: {
      if_field: 'config.maximum_expiration',
      if_match: { gt: 0 },
      then_field: 'config.claims_to_verify',
      then_match: { contains: 'exp' },
    },
  },
];

type Values = Readonly<Record<string, unknown>>;

function issuerOfKeySet({ jwks_uri: uri, issuer }: Values): CheckFailure | undefined {
  if (typeof uri !== 'string' || typeof issuer === 'string') return undefined;
  return { field: 'issuer', message: 'required with jwks_uri: whose keys they are' };
}

function ageOfKeys({ jwks_ttl: ttl, jwks_max_age: most }: Values): CheckFailure | undefined {
  if (typeof ttl !== 'number' || typeof most !== 'number' || ttl <= most) return undefined;
  return { field: 'jwks_max_age', message: 'must not be less than jwks_ttl' };
}
