import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { flag } from './parts/fields.ts';

export const requestSizeLimiting = knownPlugin({
  name: 'request-size-limiting',
  priority: 951,
  config: f.record({
    allowed_payload_size: f.integer({ default: 128 }),
    size_unit: f.string({
      required: true,
      default: 'megabytes',
      one_of: ['megabytes', 'kilobytes', 'bytes'],
    }),
    require_content_length: flag(false),
  }),
});
