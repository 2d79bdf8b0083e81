import { f } from '../../../plugin/plugin.ts';
import type { CheckFailure, InferRecord } from '../../../plugin/plugin.ts';
import { absent } from './absent.ts';
import { answerFields } from './answer-fields.ts';
import { claimFields } from './claim-fields.ts';
import { loginFields } from './login-fields.ts';
import { providerFields } from './provider-fields.ts';
import { sessionFields } from './session-fields.ts';

export type OpenidConfig = InferRecord<typeof openidConfig>;

export const AUTH_METHODS = ['authorization_code', 'bearer', 'session'] as const;

const OTHER_METHOD =
  "of Kong's other methods the plugin oauth2-introspection has 'introspection'; nothing has the rest";

export const openidConfig = f.record(
  {
    ...providerFields,
    auth_methods: f.array(f.string({ one_of: AUTH_METHODS, instead: OTHER_METHOD }), {
      required: true,
      default: AUTH_METHODS,
      len_min: 1,
      description:
        'What is accepted: `bearer` tokens, a `session` from an earlier login, and `authorization_code`, which sends browsers to the provider to log in.',
    }),
    ...loginFields,
    ...sessionFields,
    ...claimFields,
    ...answerFields,
  },
  {
    required: true,
    absent,
    checks: [
      { custom: loginNeeds, reads: ['auth_methods', 'client_id', 'redirect_uri', 'scopes'] },
      { custom: secretNeeded, reads: ['auth_methods', 'client_secret', 'client_auth'] },
      { custom: audienceNeeded, reads: ['auth_methods', 'client_id', 'audience_required'] },
      { custom: cookieName, reads: ['bearer_token_param_type', 'bearer_token_cookie_name'] },
      { custom: headersInPairs, reads: ['upstream_headers_claims', 'upstream_headers_names'] },
      { custom: argumentsInPairs, reads: ['authorization_query_args_names'] },
      { custom: ageOfCache, reads: ['cache_ttl', 'cache_max_age'] },
      { custom: sameSiteOfPlain, reads: ['session_cookie_same_site', 'session_cookie_secure'] },
    ].map((check) => ({ ...check, unpublished: true as const })),
  },
);

type Values = Readonly<Record<string, unknown>>;
type Outcome = CheckFailure | undefined;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const isEmpty = (value: unknown): boolean => listOf(value).length === 0;

function logsIn({ auth_methods: methods }: Values): boolean {
  return listOf(methods).includes('authorization_code');
}

function loginNeeds(values: Values): Outcome {
  if (!logsIn(values)) return undefined;
  const needed = (field: string, what: string) => ({
    field,
    message: `required with the auth method authorization_code: ${what}`,
  });
  if (!listOf(values.auth_methods).includes('session')) {
    return { field: 'auth_methods', message: 'authorization_code needs session, to last' };
  }
  if (isEmpty(values.client_id)) return needed('client_id', 'whom the provider logs users in for');
  if (isEmpty(values.redirect_uri)) {
    return needed('redirect_uri', 'where the provider sends browsers back to');
  }
  if (listOf(values.scopes).includes('openid')) return undefined;
  return { field: 'scopes', message: 'must contain openid: without it there is no id token' };
}

function secretNeeded(values: Values): Outcome {
  if (!logsIn(values) || !isEmpty(values.client_secret)) return undefined;
  if (listOf(values.client_auth)[0] === 'none') return undefined;
  return { field: 'client_secret', message: 'required unless client_auth is none' };
}

function audienceNeeded(values: Values): Outcome {
  if (!listOf(values.auth_methods).includes('bearer')) return undefined;
  const isKnown = !isEmpty(values.client_id) || !isEmpty(values.audience_required);
  if (isKnown || values.bearer_any_audience === true) return undefined;
  return {
    field: 'audience_required',
    message:
      'required with the auth method bearer unless there is a client_id: whom tokens are for',
  };
}

function cookieName(values: Values): Outcome {
  if (!listOf(values.bearer_token_param_type).includes('cookie')) return undefined;
  if (typeof values.bearer_token_cookie_name === 'string') return undefined;
  return { field: 'bearer_token_cookie_name', message: 'required for tokens in a cookie' };
}

function inPairs(values: Values, one: string, other: string): Outcome {
  if (listOf(values[one]).length === listOf(values[other]).length) return undefined;
  return { field: other, message: `must have as many entries as ${one}` };
}

function headersInPairs(values: Values): Outcome {
  return inPairs(values, 'upstream_headers_claims', 'upstream_headers_names');
}

function argumentsInPairs(values: Values): Outcome {
  return inPairs(values, 'authorization_query_args_names', 'authorization_query_args_values');
}

function ageOfCache({ cache_ttl: ttl, cache_max_age: most }: Values): Outcome {
  if (typeof ttl !== 'number' || typeof most !== 'number' || ttl <= most) return undefined;
  return { field: 'cache_max_age', message: 'must not be less than cache_ttl' };
}

function sameSiteOfPlain(values: Values): Outcome {
  if (values.session_cookie_same_site !== 'None' || values.session_cookie_secure !== false)
    return undefined;
  return { field: 'session_cookie_secure', message: 'must be true with SameSite=None' };
}
