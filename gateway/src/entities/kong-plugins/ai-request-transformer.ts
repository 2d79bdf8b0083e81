import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { connection, instruction, transformerChecks } from './parts/ai-transformer.ts';

export const aiRequestTransformer = knownPlugin({
  name: 'ai-request-transformer',
  priority: 777,
  forbids: ['consumer'],
  config: f.record({ ...instruction, ...connection }),
  checks: transformerChecks,
});
