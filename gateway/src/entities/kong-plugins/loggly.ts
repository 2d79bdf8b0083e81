import { host } from '../schema/checks.ts';
import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { severity } from './parts/fields.ts';
import { customFieldsByLua } from './parts/lua.ts';

export const loggly = knownPlugin({
  name: 'loggly',
  priority: 6,
  anyProtocol: true,
  config: f.record({
    host: f.string({ default: 'logs-01.loggly.com', check: host }),
    port: f.integer({ default: 514, between: [0, 65_535] }),
    key: f.string({ required: true, referenceable: true, encrypted: true }),
    tags: f.set(f.string(), { default: ['kong'] }),
    log_level: severity,
    successful_severity: severity,
    client_errors_severity: severity,
    server_errors_severity: severity,
    timeout: f.number({ default: 10_000 }),
    custom_fields_by_lua: customFieldsByLua,
  }),
});
