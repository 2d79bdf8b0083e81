import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';

export const grpcGateway = knownPlugin({
  name: 'grpc-gateway',
  priority: 998,
  anyProtocol: true,
  config: f.record({ proto: f.string() }),
});
