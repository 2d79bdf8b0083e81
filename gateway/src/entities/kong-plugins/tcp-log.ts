import { host } from '../schema/checks.ts';
import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { flag } from './parts/fields.ts';
import { customFieldsByLua } from './parts/lua.ts';

export const tcpLog = knownPlugin({
  name: 'tcp-log',
  priority: 7,
  anyProtocol: true,
  config: f.record({
    host: f.string({ required: true, check: host }),
    port: f.integer({ required: true, between: [0, 65_535] }),
    timeout: f.number({ default: 10_000 }),
    keepalive: f.number({ default: 60_000 }),
    tls: flag(false),
    tls_sni: f.string(),
    custom_fields_by_lua: customFieldsByLua,
  }),
});
