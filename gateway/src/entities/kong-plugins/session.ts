import { randomBytes } from 'node:crypto';
import { f, type Field, type Shorthand } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { optionalFlag } from './parts/fields.ts';

const headerParts = f.set(
  f.string({
    one_of: [
      'id',
      'audience',
      'subject',
      'timeout',
      'idling-timeout',
      'rolling-timeout',
      'absolute-timeout',
    ],
  }),
);

const formerly = (field: Field, now: string): Shorthand => ({
  field,
  translate: (value: unknown) => ({ [now]: value }),
});

export const session = knownPlugin({
  name: 'session',
  priority: 1900,
  anyProtocol: true,
  forbids: ['consumer'],
  config: f.record(
    {
      secret: f.string({
        // Made when the gateway starts, so that instances without one have what is published.
        default: randomBytes(32).toString('base64'),
        referenceable: true,
        encrypted: true,
      }),
      storage: f.string({ default: 'cookie', one_of: ['cookie', 'kong'] }),
      audience: f.string({ default: 'default' }),
      idling_timeout: f.number({ default: 900 }),
      rolling_timeout: f.number({ default: 3600 }),
      absolute_timeout: f.number({ default: 86_400 }),
      stale_ttl: f.number({ default: 10 }),
      cookie_name: f.string({ default: 'session' }),
      cookie_path: f.string({ default: '/' }),
      cookie_domain: f.string(),
      cookie_same_site: f.string({
        default: 'Strict',
        one_of: ['Strict', 'Lax', 'None', 'Default'],
      }),
      cookie_http_only: optionalFlag(true),
      cookie_secure: optionalFlag(true),
      remember: optionalFlag(false),
      remember_cookie_name: f.string({ default: 'remember' }),
      remember_rolling_timeout: f.number({ default: 604_800 }),
      remember_absolute_timeout: f.number({ default: 2_592_000 }),
      response_headers: headerParts,
      request_headers: headerParts,
      read_body_for_logout: optionalFlag(false),
      logout_methods: f.set(f.string({ one_of: ['GET', 'POST', 'DELETE'] }), {
        default: ['POST', 'DELETE'],
      }),
      logout_query_arg: f.string({ default: 'session_logout' }),
      logout_post_arg: f.string({ default: 'session_logout' }),
    },
    {
      shorthands: {
        cookie_lifetime: formerly(f.number(), 'rolling_timeout'),
        cookie_idletime: formerly(f.number(), 'idling_timeout'),
        // Had a meaning before sessions were renewed by themselves.
        cookie_renew: { field: f.number(), translate: () => ({}) },
        cookie_discard: formerly(f.number(), 'stale_ttl'),
        cookie_samesite: {
          field: f.string(),
          translate: (value: string) => ({ cookie_same_site: value === 'off' ? 'Default' : value }),
        },
        cookie_httponly: formerly(f.boolean(), 'cookie_http_only'),
        cookie_persistent: formerly(f.boolean(), 'remember'),
      },
    },
  ),
});
