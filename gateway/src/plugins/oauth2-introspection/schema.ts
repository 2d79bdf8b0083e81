import { headerName } from '../../plugin/checks.ts';
import { peerFields } from '../../plugin/peer/fields.ts';
import { f } from '../../plugin/plugin.ts';
import type { EntityCheck, InferRecord } from '../../plugin/plugin.ts';
import { isWebAddress } from '../../plugin/web-address.ts';

export type IntrospectionConfig = InferRecord<typeof introspectionConfig>;

/** The gateway itself says in `X-Credential-Identifier` who it is. */
function forwardable(member: string): string | undefined {
  return member.toLowerCase() === 'identifier' ? 'is what the gateway says itself' : undefined;
}

export const introspectionConfig = f.record(
  {
    introspection_url: f.string({
      required: true,
      check: isWebAddress,
      description: 'Where tokens are introspected (RFC 7662).',
    }),
    authorization_value: f.string({
      referenceable: true,
      encrypted: true,
      description:
        'What the gateway sends in `Authorization` when it asks, e.g. `Basic …`. Either this or `client_id` with `client_secret`.',
    }),
    client_id: f.string({
      beyondKong: true,
      description: 'Name by which the gateway is known to the server.',
    }),
    client_secret: f.string({
      referenceable: true,
      encrypted: true,
      beyondKong: true,
      description: 'Secret that goes with it.',
    }),
    token_type_hint: f.string({
      description: 'What the server is told of the kind of token, e.g. `access_token`.',
    }),
    custom_introspection_headers: f.map(f.string({ check: headerName }), f.string(), {
      required: true,
      default: {},
      description: 'Further header fields that the server is sent.',
    }),
    introspect_request: f.boolean({
      required: true,
      default: false,
      description:
        'Whether the server is told what is asked for: `X-Request-Path` and `X-Request-Http-Method`. Each path and method of a token is asked for by itself then.',
    }),
    ttl: f.number({
      required: true,
      default: 30,
      between: [0, 86_400],
      description:
        'Seconds for which an answer counts, and never longer than `exp` in it; 0 asks for each request. So long a token that was revoked may pass.',
    }),
    negative_ttl: f.number({
      required: true,
      default: 5,
      between: [0, 3600],
      beyondKong: true,
      description: 'The same for tokens that are not active.',
    }),
    ...peerFields,
    hide_credentials: f.boolean({
      required: true,
      default: false,
      description: 'Whether to remove the token before the request goes to the service.',
    }),
    consumer_by: f.string({
      required: true,
      default: 'username',
      one_of: ['username', 'client_id'],
      description:
        'What of the answer names a consumer: `username` its username, `client_id` its custom_id.',
    }),
    consumer_optional: f.boolean({
      required: true,
      default: true,
      beyondKong: true,
      description: 'Whether a token passes also if it names no consumer, as in Kong.',
    }),
    custom_claims_forward: f.set(f.string({ check: forwardable }), {
      required: true,
      default: [],
      description:
        'Further members of the answer that services are told, as `X-Credential-` and the name.',
    }),
    scopes_required: f.set(f.string(), {
      beyondKong: true,
      description: 'Scopes that a token must have, all of them; one without is answered with 403.',
    }),
    audience: f.set(f.string(), {
      beyondKong: true,
      description: 'Tokens must be for one of these: `aud` is it, or lists it.',
    }),
    groups_claim: f.string({
      beyondKong: true,
      description:
        'Member of the answer with groups for `acl`: a list, or a text with spaces in between.',
    }),
    anonymous: f.string({
      description:
        'Id or username of a consumer as which requests without a valid token go on. Without it they are answered with 401.',
    }),
    run_on_preflight: f.boolean({
      required: true,
      default: true,
      description: 'Whether `OPTIONS` requests need a token too.',
    }),
    realm: f.string({
      required: true,
      default: 'service',
      beyondKong: true,
      description: 'Realm that `WWW-Authenticate` names in a 401.',
    }),
  },
  { required: true },
);

export const introspectionChecks: readonly EntityCheck[] = [
  { only_one_of: ['config.authorization_value', 'config.client_id'] },
  { mutually_required: ['config.client_id', 'config.client_secret'] },
];
