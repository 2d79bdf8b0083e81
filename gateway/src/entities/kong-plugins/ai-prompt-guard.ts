import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { llmFormat, maxRequestBodySize } from './parts/ai-model.ts';
import { flag, when } from './parts/fields.ts';

const patterns = f.array(f.string({ len_min: 1, len_max: 500 }), { len_max: 10 });

export const aiPromptGuard = knownPlugin({
  name: 'ai-prompt-guard',
  priority: 771,
  config: f.record({
    allow_patterns: patterns,
    deny_patterns: patterns,
    allow_all_conversation_history: flag(false),
    max_request_body_size: maxRequestBodySize,
    match_all_roles: flag(false),
    llm_format: llmFormat,
  }),
  checks: [
    { at_least_one_of: ['config.allow_patterns', 'config.deny_patterns'] },
    when('config.match_all_roles', { eq: true }, 'config.allow_all_conversation_history', {
      eq: false,
    }),
  ],
});
