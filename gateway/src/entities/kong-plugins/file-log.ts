import { matching } from '../schema/checks.ts';
import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { flag } from './parts/fields.ts';
import { customFieldsByLua } from './parts/lua.ts';

export const fileLog = knownPlugin({
  name: 'file-log',
  priority: 9,
  anyProtocol: true,
  config: f.record({
    path: f.string({
      required: true,
      check: matching(/^[^*&%\\`]+$/),
      err: 'not a valid filename',
    }),
    reopen: flag(false),
    custom_fields_by_lua: customFieldsByLua,
  }),
});
