import { isPattern } from '../schema/checks.ts';
import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { flag } from './parts/fields.ts';

const methods = [
  'GET',
  'HEAD',
  'PUT',
  'PATCH',
  'POST',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
] as const;

const origin = f.string({
  check: (value) =>
    value === '*' || isPattern(value) ? undefined : `'${value}' is not a valid regex`,
});

export const cors = knownPlugin({
  name: 'cors',
  priority: 2000,
  forbids: ['consumer'],
  config: f.record({
    origins: f.array(origin),
    headers: f.array(f.string()),
    exposed_headers: f.array(f.string()),
    methods: f.array(f.string({ one_of: methods }), { default: methods }),
    max_age: f.number(),
    credentials: flag(false),
    private_network: flag(false),
    preflight_continue: flag(false),
  }),
});
