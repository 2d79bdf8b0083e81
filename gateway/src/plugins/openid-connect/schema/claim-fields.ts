import { headerName } from '../../../plugin/checks.ts';
import { CONSUMER_PROPERTIES } from '../../../plugin/consumer-by.ts';
import { f } from '../../../plugin/plugin.ts';

const path = (description: string, ...names: readonly string[]) =>
  f.array(f.string(), {
    ...(names.length > 0 && { default: names }),
    len_min: 1,
    description: `${description} Several names are a path into claims that are objects.`,
  });

const wanted = (description: string) => f.array(f.string(), { len_min: 1, description });

const ENTRIES =
  'One entry is enough; of an entry with spaces in between every word is needed. Others are answered with 403.';

/** What claims have to say, and what comes of what they say. */
export const claimFields = {
  audience_claim: path('Claim that says for whom a token is.', 'aud'),
  audience_required: wanted(
    `For whom bearer tokens must be; without it, for \`client_id\`. ${ENTRIES}`,
  ),
  bearer_any_audience: f.boolean({
    required: true,
    default: false,
    beyondKong: true,
    description:
      "Whether bearer tokens pass whomever they are for, as long as there is no `audience_required`. That is Kong's way: whoever gets a token for another application of the provider can use it here.",
  }),
  scopes_claim: path(
    'Claim with the scopes of a token. Of a login they are those that the provider granted.',
    'scope',
  ),
  scopes_required: wanted(`Scopes that are needed. ${ENTRIES}`),
  groups_claim: path('Claim with groups.', 'groups'),
  groups_required: wanted(`Groups that are needed. ${ENTRIES}`),
  roles_claim: path('Claim with roles.', 'roles'),
  roles_required: wanted(`Roles that are needed. ${ENTRIES}`),
  consumer_claim: path(
    'Claim that names a consumer. Without it there is none, and whoever the provider knows may pass.',
  ),
  consumer_by: f.array(f.string({ one_of: CONSUMER_PROPERTIES }), {
    required: true,
    default: ['username', 'custom_id'],
    len_min: 1,
    description: 'What of a consumer that claim is, tried in this order.',
  }),
  consumer_optional: f.boolean({
    required: true,
    default: false,
    description: 'Whether those pass for whom there is no consumer. Without it they get 403.',
  }),
  credential_claim: path(
    'Claim that the service finds in `X-Credential-Identifier`, and by which limits tell users apart where there is no consumer.',
    'sub',
  ),
  authenticated_groups_claim: path('Claim with groups for `acl`.'),
  upstream_headers_claims: f.array(f.string(), {
    description:
      'Claims that the service is told, each in the field at the same place of `upstream_headers_names`.',
  }),
  upstream_headers_names: f.array(f.string({ check: headerName }), {
    description: 'Fields for these claims. They never come from a client.',
  }),
};
