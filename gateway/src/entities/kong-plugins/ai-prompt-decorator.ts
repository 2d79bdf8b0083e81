import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { llmFormat, maxRequestBodySize } from './parts/ai-model.ts';

const messages = f.array(
  f.record({
    role: f.string({
      required: true,
      default: 'system',
      one_of: ['system', 'assistant', 'user'],
    }),
    content: f.string({ required: true, len_min: 1, len_max: 500 }),
  }),
  { len_max: 15 },
);

export const aiPromptDecorator = knownPlugin({
  name: 'ai-prompt-decorator',
  priority: 772,
  config: f.record({
    prompts: f.record({ prepend: messages, append: messages }),
    max_request_body_size: maxRequestBodySize,
    llm_format: llmFormat,
  }),
  checks: [{ at_least_one_of: ['config.prompts.prepend', 'config.prompts.append'] }],
});
