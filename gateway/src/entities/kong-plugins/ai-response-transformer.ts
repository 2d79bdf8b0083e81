import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { connection, instruction, transformerChecks } from './parts/ai-transformer.ts';
import { flag } from './parts/fields.ts';

export const aiResponseTransformer = knownPlugin({
  name: 'ai-response-transformer',
  priority: 768,
  config: f.record({
    ...instruction,
    parse_llm_response_json_instructions: flag(false),
    ...connection,
  }),
  checks: transformerChecks,
});
