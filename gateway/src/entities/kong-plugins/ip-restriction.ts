import { ipOrCidr } from '../schema/checks.ts';
import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';

const addresses = f.array(f.string({ check: ipOrCidr }));

export const ipRestriction = knownPlugin({
  name: 'ip-restriction',
  priority: 990,
  protocols: ['http', 'https', 'tcp', 'tls', 'grpc', 'grpcs'],
  anyProtocol: true,
  config: f.record({
    allow: addresses,
    deny: addresses,
    status: f.number(),
    message: f.string(),
  }),
  checks: [{ at_least_one_of: ['config.allow', 'config.deny'] }],
});
