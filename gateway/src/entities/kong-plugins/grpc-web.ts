import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';

export const grpcWeb = knownPlugin({
  name: 'grpc-web',
  priority: 3,
  anyProtocol: true,
  config: f.record({
    proto: f.string(),
    pass_stripped_path: f.boolean(),
    allow_origin_header: f.string({ default: '*' }),
  }),
});
