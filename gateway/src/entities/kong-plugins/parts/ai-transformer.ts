import { f, type EntityCheck } from '../../schema/field.ts';
import { llm, maxRequestBodySize } from './ai-model.ts';
import { flag, hostField, portField, when } from './fields.ts';

/** What the plugins that let a language model rewrite a message have in common. */
export const instruction = {
  prompt: f.string({ required: true }),
  transformation_extract_pattern: f.string(),
};

export const connection = {
  http_timeout: f.integer({ required: true, default: 60_000 }),
  https_verify: flag(true),
  max_request_body_size: maxRequestBodySize,
  http_proxy_host: hostField,
  http_proxy_port: portField,
  https_proxy_host: hostField,
  https_proxy_port: portField,
  llm,
};

export const transformerChecks: readonly EntityCheck[] = [
  when(
    'config.llm.route_type',
    { not_one_of: ['llm/v1/chat'] },
    'config.llm.route_type',
    { eq: 'llm/v1/chat' },
    "'config.llm.route_type' must be 'llm/v1/chat' for AI transformer plugins",
  ),
  { mutually_required: ['config.http_proxy_host', 'config.http_proxy_port'] },
  { mutually_required: ['config.https_proxy_host', 'config.https_proxy_port'] },
];
