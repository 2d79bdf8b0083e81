import { randomBytes } from 'node:crypto';
import { matching } from '../../../plugin/checks.ts';
import { f } from '../../../plugin/plugin.ts';

const attribute = matching(/^[\x21-\x3a\x3c-\x7e]+$/);

const seconds = (normally: number, description: string) =>
  f.integer({ required: true, default: normally, between: [0, 315_360_000], description });

/** How sessions are kept. */
export const sessionFields = {
  session_secret: f.string({
    required: true,
    // Made when the gateway starts, so that instances without one have what is published.
    default: randomBytes(32).toString('base64'),
    referenceable: true,
    encrypted: true,
    description:
      'What cookies are encrypted with. All nodes need the same, and whoever has it can make sessions. One that is made up is another one after each start of a node that is served from a file.',
  }),
  session_audience: f.string({
    required: true,
    default: 'default',
    description: 'For whom sessions are: those of another audience do not count.',
  }),
  session_cookie_name: f.string({
    required: true,
    default: 'session',
    check: matching(/^[\w.-]{1,64}$/),
    description:
      'Name of the cookie. Where browsers allow it (secure, path `/`, no domain) `__Host-` is put in front, so that no other host can set it.',
  }),
  session_cookie_path: f.string({
    required: true,
    default: '/',
    check: attribute,
    description: 'Path for which browsers send it.',
  }),
  session_cookie_domain: f.string({
    check: attribute,
    description: 'Domain for which browsers send it, with all below; without it the host alone.',
  }),
  session_cookie_same_site: f.string({
    required: true,
    default: 'Lax',
    one_of: ['Lax', 'None', 'Default'],
    description:
      'Whether browsers send it with requests that other sites cause. `Default` leaves it to them. `Strict` is not possible: a login ends with a request that the provider causes.',
  }),
  session_cookie_http_only: f.boolean({
    required: true,
    default: true,
    description: 'Whether scripts of a page cannot read it.',
  }),
  session_cookie_secure: f.boolean({
    required: true,
    default: true,
    description: 'Whether browsers send it over TLS only.',
  }),
  session_idling_timeout: seconds(
    900,
    'Seconds without a request after which a session ends; 0 for any time.',
  ),
  session_rolling_timeout: seconds(
    3600,
    'Seconds for which a cookie counts; 0 for any time. It is replaced when three quarters are over.',
  ),
  session_absolute_timeout: seconds(
    86_400,
    'Seconds after which a session ends, used or not; 0 for any time.',
  ),
};
