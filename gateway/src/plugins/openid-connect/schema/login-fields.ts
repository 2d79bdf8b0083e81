import { matching } from '../../../plugin/checks.ts';
import { f } from '../../../plugin/plugin.ts';
import { isWebAddress } from '../../../plugin/web-address.ts';

const where = (description: string) =>
  f.array(f.string({ check: isWebAddress }), { len_max: 1, description });

/** Arguments that this plugin decides on. */
const OWN_ARGUMENT =
  /^(?!(response_type|response_mode|client_id|redirect_uri|scope|state|nonce|code_challenge|code_challenge_method|request|request_uri)$)/;

/** How users log in and out. */
export const loginFields = {
  client_secret: f.array(f.string({ encrypted: true, referenceable: true }), {
    len_max: 1,
    description: 'What this application proves to the provider who it is with.',
  }),
  client_auth: f.array(
    f.string({ one_of: ['client_secret_basic', 'client_secret_post', 'none'] }),
    {
      len_max: 1,
      description:
        'How it does so. Without it, in the first of these ways that the provider says it takes; `none` is for applications without a secret.',
    },
  ),
  redirect_uri: where(
    'Where the provider sends browsers back to, as registered there. Its path must be one of a route with this plugin.',
  ),
  scopes: f.array(f.string({ referenceable: true }), {
    required: true,
    default: ['openid'],
    len_min: 1,
    description: 'What the provider is asked for.',
  }),
  authorization_query_args_names: f.array(f.string({ check: matching(OWN_ARGUMENT) }), {
    description: 'Further arguments for the provider when a browser is sent to log in.',
  }),
  authorization_query_args_values: f.array(f.string(), {
    description: 'Their values, in the same order.',
  }),
  authorization_cookie_name: f.string({
    required: true,
    default: 'authorization',
    check: matching(/^[\w.-]{1,64}$/),
    description:
      'What the names of the cookies begin with that hold logins under way: one each, up to five.',
  }),
  authorization_rolling_timeout: f.integer({
    required: true,
    default: 600,
    between: [10, 86_400],
    description: 'Seconds that a login may take.',
  }),
  login_redirect_uri: where(
    'Where browsers go after a login. Without it they come to the page that they wanted.',
  ),
  forbidden_redirect_uri: where(
    'Where browsers go in place of a 403: a page that anybody may see, on a route without this plugin.',
  ),
  refresh_tokens: f.boolean({
    required: true,
    default: true,
    description:
      'Whether sessions outlive their access token where the provider gives a refresh token: a new one is asked for shortly before it expires.',
  }),
  upstream_access_token_header: f.string({
    check: matching(/^[\w!#$%&'*+.^`|~-]+(:bearer)?$/),
    description:
      'Field in which the service gets the access token of a session; with `:bearer` behind its name, after the word `Bearer`. It never comes from a client then, except as a bearer token.',
  }),
  logout_uri_suffix: f.string({
    check: matching(/^\/[\w./~-]*$/),
    description: 'A request whose path ends with this logs out.',
  }),
  logout_query_arg: f.string({
    description: 'A request with this query argument logs out, whatever its value.',
  }),
  logout_methods: f.array(f.string({ one_of: ['POST', 'GET', 'DELETE'] }), {
    required: true,
    default: ['POST', 'DELETE'],
    description:
      'Methods of requests that may log out; others go to the service. With `GET`, any page can have users logged out.',
  }),
  logout_redirect_uri: where(
    'Where browsers go after a logout, by way of the provider where it can end its session too.',
  ),
  logout_revoke: f.boolean({
    required: true,
    default: false,
    description:
      'Whether the provider is told at a logout that the tokens are not to count any more.',
  }),
};
