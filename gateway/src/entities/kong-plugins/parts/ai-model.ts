import { url } from '../../schema/checks.ts';
import { f, type CheckFailure, type EntityCheck } from '../../schema/field.ts';
import { flag, optionalFlag, when } from './fields.ts';

export const maxRequestBodySize = f.integer({ default: 8192, gt: 0 });
export const llmFormat = f.string({ default: 'openai', one_of: ['openai', 'bedrock', 'gemini'] });

const referenceable = { referenceable: true } as const;
const secret = { referenceable: true, encrypted: true } as const;

const auth = f.record({
  header_name: f.string(referenceable),
  header_value: f.string(secret),
  param_name: f.string(referenceable),
  param_value: f.string(secret),
  param_location: f.string({ one_of: ['query', 'body'] }),
  gcp_use_service_account: optionalFlag(false),
  gcp_service_account_json: f.string(referenceable),
  aws_access_key_id: f.string(secret),
  aws_secret_access_key: f.string(secret),
  allow_override: optionalFlag(false),
});

const options = f.record({
  max_tokens: f.integer(),
  input_cost: f.number({ gt: 0 }),
  output_cost: f.number({ gt: 0 }),
  temperature: f.number({ between: [0, 5] }),
  top_p: f.number({ between: [0, 1] }),
  top_k: f.integer({ between: [0, 500] }),
  anthropic_version: f.string(),
  azure_instance: f.string(),
  azure_api_version: f.string({ default: '2023-05-15' }),
  azure_deployment_id: f.string(),
  llama2_format: f.string({ one_of: ['raw', 'openai', 'ollama'] }),
  mistral_format: f.string({ one_of: ['openai', 'ollama'] }),
  upstream_url: f.string({ check: url }),
  upstream_path: f.string(),
  gemini: f.record(
    { api_endpoint: f.string(), project_id: f.string(), location_id: f.string() },
    { checks: [{ mutually_required: ['api_endpoint', 'project_id', 'location_id'] }] },
  ),
  bedrock: f.record({ aws_region: f.string() }),
  huggingface: f.record({ use_cache: f.boolean(), wait_for_model: f.boolean() }),
});

const model = f.record(
  {
    provider: f.string({
      required: true,
      one_of: [
        'openai',
        'azure',
        'anthropic',
        'cohere',
        'mistral',
        'llama2',
        'gemini',
        'bedrock',
        'huggingface',
      ],
    }),
    name: f.string(),
    options,
  },
  { required: true },
);

/** What a request to a language model needs. */
export const llmFields = {
  route_type: f.string({
    required: true,
    one_of: ['llm/v1/chat', 'llm/v1/completions', 'preserve'],
  }),
  auth,
  model,
  logging: f.record({ log_statistics: flag(false), log_payloads: flag(false) }, { required: true }),
};

const providerNeeds = (provider: string, option: string, who = `${provider} provider`) => ({
  conditional_at_least_one_of: {
    if_field: 'model.provider',
    if_match: { one_of: [provider] },
    then_at_least_one_of: [`model.options.${option}`],
    then_err: `must set %s for ${who}`,
  },
});

export const llmChecks: readonly EntityCheck[] = [
  when(
    'model.provider',
    { one_of: ['bedrock', 'gemini'] },
    'auth.allow_override',
    { eq: false },
    'bedrock and gemini only support auth.allow_override = false',
  ),
  { mutually_required: ['auth.header_name', 'auth.header_value'] },
  { mutually_required: ['auth.param_name', 'auth.param_value', 'auth.param_location'] },
  providerNeeds('llama2', 'llama2_format'),
  providerNeeds('mistral', 'mistral_format'),
  providerNeeds('anthropic', 'anthropic_version'),
  providerNeeds('azure', 'azure_instance'),
  providerNeeds('azure', 'azure_api_version'),
  providerNeeds('azure', 'azure_deployment_id'),
  providerNeeds('llama2', 'upstream_url', 'self-hosted providers/models'),
  { reads: ['route_type', 'model', 'logging'], custom: countableTokens },
];

/** What a plugin asks a language model, and whom. */
export const llm = f.record(llmFields, { required: true, checks: llmChecks });

function countableTokens(record: Readonly<Record<string, unknown>>): CheckFailure | undefined {
  const logging = record.logging as { readonly log_statistics?: unknown } | null;
  const { provider } = record.model as { readonly provider?: unknown };
  const uncountable = provider === 'anthropic' && record.route_type === 'llm/v1/completions';
  return uncountable && logging?.log_statistics === true
    ? { message: 'anthropic does not support statistics when route_type is llm/v1/completions' }
    : undefined;
}
