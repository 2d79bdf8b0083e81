import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { maxRequestBodySize } from './parts/ai-model.ts';
import { flag } from './parts/fields.ts';

export const aiPromptTemplate = knownPlugin({
  name: 'ai-prompt-template',
  priority: 773,
  config: f.record({
    templates: f.array(
      f.record(
        { name: f.string({ required: true }), template: f.string({ required: true }) },
        { required: true },
      ),
      { required: true },
    ),
    allow_untemplated_requests: flag(true),
    log_original_request: flag(false),
    max_request_body_size: maxRequestBodySize,
  }),
});
