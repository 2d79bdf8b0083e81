import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';

export const standardWebhooks = knownPlugin({
  name: 'standard-webhooks',
  priority: 760,
  forbids: ['consumer'],
  config: f.record({
    secret_v1: f.string({ required: true, referenceable: true, encrypted: true }),
    tolerance_second: f.integer({ required: true, default: 300, gt: -1 }),
  }),
});
