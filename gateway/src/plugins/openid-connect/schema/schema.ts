import { f } from '../../../plugin/plugin.ts';
import type { CheckFailure, InferRecord } from '../../../plugin/plugin.ts';
import { answerFields } from './answer-fields.ts';
import { claimFields } from './claim-fields.ts';
import { providerFields } from './provider-fields.ts';

export type OpenidConfig = InferRecord<typeof openidConfig>;

export const AUTH_METHODS = ['bearer'] as const;

export const openidConfig = f.record(
  {
    ...providerFields,
    auth_methods: f.array(f.string({ one_of: AUTH_METHODS }), {
      required: true,
      default: AUTH_METHODS,
      len_min: 1,
      description: 'What is accepted: `bearer` tokens.',
    }),
    ...claimFields,
    ...answerFields,
  },
  {
    required: true,
    checks: [
      { custom: audienceNeeded, reads: ['auth_methods', 'client_id', 'audience_required'] },
      { custom: cookieName, reads: ['bearer_token_param_type', 'bearer_token_cookie_name'] },
      { custom: headersInPairs, reads: ['upstream_headers_claims', 'upstream_headers_names'] },
      { custom: ageOfCache, reads: ['cache_ttl', 'cache_max_age'] },
    ].map((check) => ({ ...check, unpublished: true as const })),
  },
);

type Values = Readonly<Record<string, unknown>>;
type Outcome = CheckFailure | undefined;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const isEmpty = (value: unknown): boolean => listOf(value).length === 0;

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

function ageOfCache({ cache_ttl: ttl, cache_max_age: most }: Values): Outcome {
  if (typeof ttl !== 'number' || typeof most !== 'number' || ttl <= most) return undefined;
  return { field: 'cache_max_age', message: 'must not be less than cache_ttl' };
}
