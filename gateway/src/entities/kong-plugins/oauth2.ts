import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { flag } from './parts/fields.ts';

const flows = [
  'enable_authorization_code',
  'enable_implicit_grant',
  'enable_client_credentials',
  'enable_password_grant',
] as const;

export const oauth2 = knownPlugin({
  name: 'oauth2',
  priority: 1400,
  forbids: ['consumer'],
  config: f.record(
    {
      scopes: f.array(f.string()),
      mandatory_scope: flag(false),
      provision_key: f.string({ required: true, auto: true, unique: true, encrypted: true }),
      token_expiration: f.number({ required: true, default: 7200 }),
      enable_authorization_code: flag(false),
      enable_implicit_grant: flag(false),
      enable_client_credentials: flag(false),
      enable_password_grant: flag(false),
      hide_credentials: flag(false),
      accept_http_if_already_terminated: flag(false),
      anonymous: f.string(),
      global_credentials: flag(false),
      auth_header_name: f.string({ default: 'authorization' }),
      refresh_token_ttl: f.number({
        required: true,
        default: 1_209_600,
        between: [0, 100_000_000],
      }),
      reuse_refresh_token: flag(false),
      pkce: f.string({ default: 'lax', one_of: ['none', 'lax', 'strict'] }),
      realm: f.string(),
    },
    {
      check: someFlow,
      checks: [
        {
          conditional: {
            if_field: 'mandatory_scope',
            if_match: { eq: true },
            then_field: 'scopes',
            then_match: { required: true },
          },
        },
      ],
    },
  ),
});

function someFlow(config: Readonly<Record<string, unknown>>): string | undefined {
  if (flows.some((flow) => config[flow] === true)) return undefined;
  return `at least one of these fields must be true: ${flows.join(', ')}`;
}
