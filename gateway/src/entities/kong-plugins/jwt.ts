import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { flag, when } from './parts/fields.ts';

const names = (standard: readonly string[]) => f.set(f.string(), { default: standard });

export const jwt = knownPlugin({
  name: 'jwt',
  priority: 1450,
  forbids: ['consumer'],
  config: f.record({
    uri_param_names: names(['jwt']),
    cookie_names: names([]),
    key_claim_name: f.string({ default: 'iss' }),
    secret_is_base64: flag(false),
    claims_to_verify: f.set(f.string({ one_of: ['exp', 'nbf'] })),
    anonymous: f.string(),
    run_on_preflight: flag(true),
    maximum_expiration: f.number({ default: 0, between: [0, 31_536_000] }),
    header_names: names(['authorization']),
    realm: f.string(),
  }),
  checks: [
    when('config.maximum_expiration', { gt: 0 }, 'config.claims_to_verify', { contains: 'exp' }),
  ],
});
