import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { headerPairs, headerRenames, pairs, texts } from './parts/transformations.ts';

const jsonTypes = f.array(f.string({ one_of: ['boolean', 'number', 'string'] }), {
  required: true,
  default: [],
});
const values = f.record(
  { json: pairs, json_types: jsonTypes, headers: headerPairs },
  { required: true },
);

export const responseTransformer = knownPlugin({
  name: 'response-transformer',
  priority: 800,
  config: f.record({
    remove: f.record({ json: texts, headers: texts }, { required: true }),
    rename: f.record({ json: pairs, headers: headerRenames }, { required: true }),
    replace: values,
    add: values,
    append: values,
  }),
});
