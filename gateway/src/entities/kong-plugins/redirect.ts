import { url } from '../schema/checks.ts';
import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { optionalFlag } from './parts/fields.ts';

export const redirect = knownPlugin({
  name: 'redirect',
  priority: 779,
  config: f.record({
    status_code: f.integer({ required: true, default: 301, between: [100, 599] }),
    location: f.string({ required: true, check: url }),
    keep_incoming_path: optionalFlag(false),
  }),
});
