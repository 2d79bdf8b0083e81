import { host } from '../schema/checks.ts';
import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { customFieldsByLua } from './parts/lua.ts';

export const udpLog = knownPlugin({
  name: 'udp-log',
  priority: 8,
  anyProtocol: true,
  config: f.record({
    host: f.string({ required: true, check: host }),
    port: f.integer({ required: true, between: [0, 65_535] }),
    timeout: f.number({ default: 10_000 }),
    custom_fields_by_lua: customFieldsByLua,
  }),
});
