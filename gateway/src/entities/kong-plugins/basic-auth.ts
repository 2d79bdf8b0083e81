import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { flag } from './parts/fields.ts';

export const basicAuth = knownPlugin({
  name: 'basic-auth',
  priority: 1100,
  forbids: ['consumer'],
  config: f.record({
    anonymous: f.string(),
    hide_credentials: flag(false),
    realm: f.string({ required: true, default: 'service' }),
  }),
});
