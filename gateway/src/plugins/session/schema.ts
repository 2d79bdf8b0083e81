import { randomBytes } from 'node:crypto';
import { matching } from '../../plugin/checks.ts';
import { f } from '../../plugin/plugin.ts';
import type { Field, InferRecord } from '../../plugin/plugin.ts';

export type SessionConfig = InferRecord<typeof sessionConfig>;

export const HEADER_PARTS = [
  'id',
  'audience',
  'subject',
  'timeout',
  'idling-timeout',
  'rolling-timeout',
  'absolute-timeout',
] as const;

const cookieName = (name: string, description: string) =>
  f.string({ default: name, check: matching(/^[\w!#$%&'*+.^`|~-]+$/), description });
const attribute = matching(/^[\x21-\x3a\x3c-\x7e]+$/);

const formerly = (field: Field, now: string) => ({
  field,
  translate: (value: unknown) => ({ [now]: value }),
});

export const sessionConfig = f.record(
  {
    secret: f.string({
      // Made when the gateway starts, so that instances without one have what is published.
      default: randomBytes(32).toString('base64'),
      referenceable: true,
      encrypted: true,
      description:
        'What cookies are encrypted with. All nodes need the same, and whoever has it can make sessions. One that is made up is another one after each start of a node that is served from a file.',
    }),
    storage: f.string({
      default: 'cookie',
      one_of: ['cookie', 'kong'],
      instead:
        "sessions are kept in cookies, which any node can read: leave it out, or set 'cookie'",
      description: 'Where sessions are. Sluice keeps them in the cookie alone; `kong` is refused.',
    }),
    audience: f.string({
      default: 'default',
      description: 'For whom sessions are: those of another audience do not count.',
    }),
    idling_timeout: f.number({
      default: 900,
      description: 'Seconds without a request after which a session ends; 0 for any time.',
    }),
    rolling_timeout: f.number({
      default: 3600,
      description:
        'Seconds for which a cookie counts; 0 for any time. It is replaced when three quarters are over.',
    }),
    absolute_timeout: f.number({
      default: 86_400,
      description: 'Seconds after which a session ends, used or not; 0 for any time.',
    }),
    stale_ttl: f.number({
      default: 10,
      description: 'Has no effect: nothing is kept of a session that was replaced.',
    }),
    cookie_name: cookieName('session', 'Name of the cookie.'),
    cookie_path: f.string({
      default: '/',
      check: attribute,
      description: 'Path for which browsers send it.',
    }),
    cookie_domain: f.string({
      check: attribute,
      description: 'Domain for which browsers send it, with all below; without it the host alone.',
    }),
    cookie_same_site: f.string({
      default: 'Strict',
      one_of: ['Strict', 'Lax', 'None', 'Default'],
      description:
        'Whether browsers send it with requests that other sites cause. `Default` leaves it to them.',
    }),
    cookie_http_only: f.boolean({
      default: true,
      description: 'Whether scripts of a page cannot read it.',
    }),
    cookie_secure: f.boolean({
      default: true,
      description: 'Whether browsers send it over TLS only.',
    }),
    remember: f.boolean({
      default: false,
      description:
        'Whether there is a second cookie, that browsers keep when they are closed, which opens a new session.',
    }),
    remember_cookie_name: cookieName('remember', 'Name of that second cookie.'),
    remember_rolling_timeout: f.number({
      default: 604_800,
      description: 'Seconds for which it counts; it is replaced when a session is opened by it.',
    }),
    remember_absolute_timeout: f.number({
      default: 2_592_000,
      description: 'Seconds after the first login for which it counts.',
    }),
    response_headers: f.set(f.string({ one_of: HEADER_PARTS }), {
      description: 'What of the session clients are told, in `Session-Id` and the like.',
    }),
    request_headers: f.set(f.string({ one_of: HEADER_PARTS }), {
      description: 'What of the session the service is told, in fields of the same names.',
    }),
    read_body_for_logout: f.boolean({
      default: false,
      description: 'Whether to look for `logout_post_arg` in bodies of up to 1 MiB.',
    }),
    logout_methods: f.set(f.string({ one_of: ['GET', 'POST', 'DELETE'] }), {
      default: ['POST', 'DELETE'],
      description: 'Methods of requests that may log out.',
    }),
    logout_query_arg: f.string({
      default: 'session_logout',
      description: 'Query argument that logs out, whatever its value.',
    }),
    logout_post_arg: f.string({
      default: 'session_logout',
      description: 'Field of a form, multipart or JSON body that logs out, whatever its value.',
    }),
    forward_cookie: f.boolean({
      required: true,
      default: false,
      beyondKong: true,
      description: "Whether the service gets the cookie too. That is Kong's way.",
    }),
  },
  {
    required: true,
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
);
