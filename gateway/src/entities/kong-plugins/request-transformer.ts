import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { methodField } from './parts/fields.ts';
import { headerPairs, headerRenames, texts } from './parts/transformations.ts';

const ofPairs = { body: texts, headers: headerPairs, querystring: texts };

export const requestTransformer = knownPlugin({
  name: 'request-transformer',
  priority: 801,
  anyProtocol: true,
  config: f.record({
    http_method: methodField,
    remove: f.record({ body: texts, headers: texts, querystring: texts }, { required: true }),
    rename: f.record(
      { body: texts, headers: headerRenames, querystring: texts },
      { required: true },
    ),
    replace: f.record({ ...ofPairs, uri: f.string() }, { required: true }),
    add: f.record(ofPairs, { required: true }),
    append: f.record(ofPairs, { required: true }),
  }),
});
