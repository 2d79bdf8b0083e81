import { f, type EntityCheck } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { llmChecks, llmFields, llmFormat, maxRequestBodySize } from './parts/ai-model.ts';
import { optionalFlag, when } from './parts/fields.ts';

const onlyWithItself = (format: string): EntityCheck =>
  when(
    'config.llm_format',
    { eq: format },
    'config.model.provider',
    { eq: format },
    `native llm_format '${format}' can only be used with the '${format}' model.provider`,
  );

export const aiProxy = knownPlugin({
  name: 'ai-proxy',
  priority: 770,
  config: f.record(
    {
      ...llmFields,
      response_streaming: f.string({ default: 'allow', one_of: ['allow', 'deny', 'always'] }),
      max_request_body_size: maxRequestBodySize,
      model_name_header: optionalFlag(true),
      llm_format: llmFormat,
    },
    { checks: llmChecks },
  ),
  checks: [
    when(
      'config.llm_format',
      { one_of: ['bedrock', 'gemini'] },
      'config.route_type',
      { eq: 'llm/v1/chat' },
      "native provider options in llm_format can only be used with the 'llm/v1/chat' route_type",
    ),
    onlyWithItself('bedrock'),
    onlyWithItself('gemini'),
  ],
});
