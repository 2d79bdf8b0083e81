import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { requiredSeverity } from './parts/fields.ts';
import { customFieldsByLua } from './parts/lua.ts';

const facilities = [
  'auth',
  'authpriv',
  'cron',
  'daemon',
  'ftp',
  'kern',
  'lpr',
  'mail',
  'news',
  'syslog',
  'user',
  'uucp',
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((number) => `local${number}`),
];

export const syslog = knownPlugin({
  name: 'syslog',
  priority: 4,
  anyProtocol: true,
  config: f.record({
    log_level: requiredSeverity,
    successful_severity: requiredSeverity,
    client_errors_severity: requiredSeverity,
    server_errors_severity: requiredSeverity,
    custom_fields_by_lua: customFieldsByLua,
    facility: f.string({ required: true, default: 'user', one_of: facilities }),
  }),
});
