import { PUBLIC_KEY_ALGORITHMS } from '../../../plugin/jose/algorithms.ts';
import { f } from '../../../plugin/plugin.ts';
import { isWebAddress } from '../../../plugin/web-address.ts';

const DAY = 86_400;

/** Who the provider is, and how it is asked. */
export const providerFields = {
  issuer: f.string({
    required: true,
    check: isWebAddress,
    description:
      'The provider: what its tokens have as `iss`. What else there is to know of it is read from `/.well-known/openid-configuration` below this URL.',
  }),
  issuers_allowed: f.array(f.string(), {
    description: 'Further values of `iss` that tokens of this provider may have.',
  }),
  extra_jwks_uris: f.set(f.string({ check: isWebAddress }), {
    description:
      'URLs of further key sets (JWKS). Tokens of the provider that are signed with one of their keys count as those signed with its own.',
  }),
  client_id: f.array(f.string({ referenceable: true }), {
    len_max: 1,
    description: 'The name under which this application is registered with the provider.',
  }),
  ssl_verify: f.boolean({
    required: true,
    default: true,
    description: 'Whether the provider needs a certificate that an authority vouches for.',
  }),
  timeout: f.integer({
    required: true,
    default: 10_000,
    between: [1, 60_000],
    description: 'Longest time for the provider to answer, in ms.',
  }),
  leeway: f.number({
    required: true,
    default: 0,
    between: [0, 3600],
    description: 'How far the clock of the provider may be off, in seconds.',
  }),
  cache_ttl: f.integer({
    required: true,
    default: 3600,
    between: [10, 30 * DAY],
    description:
      'Seconds after which what the provider publishes, its keys included, is read again, beside the traffic.',
  }),
  cache_max_age: f.integer({
    required: true,
    default: DAY,
    between: [10, 365 * DAY],
    beyondKong: true,
    description:
      'Seconds for which it is used while the provider cannot be asked. Afterwards requests are answered with 503.',
  }),
  jwks_algorithms: f.set(f.string({ one_of: PUBLIC_KEY_ALGORITHMS }), {
    required: true,
    default: PUBLIC_KEY_ALGORITHMS,
    len_min: 1,
    beyondKong: true,
    description: 'Algorithms that the signatures of tokens may have.',
  }),
};
