import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { flag } from './parts/fields.ts';

const algorithms = ['hmac-sha1', 'hmac-sha256', 'hmac-sha384', 'hmac-sha512'] as const;

export const hmacAuth = knownPlugin({
  name: 'hmac-auth',
  priority: 1030,
  forbids: ['consumer'],
  config: f.record({
    hide_credentials: flag(false),
    clock_skew: f.number({ default: 300, gt: 0 }),
    anonymous: f.string(),
    validate_request_body: flag(false),
    enforce_headers: f.array(f.string(), { default: [] }),
    algorithms: f.array(f.string({ one_of: algorithms }), { default: algorithms }),
    realm: f.string(),
  }),
});
