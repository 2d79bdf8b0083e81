import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { optionalFlag } from './parts/fields.ts';

const secret = { referenceable: true, encrypted: true } as const;

export const azureFunctions = knownPlugin({
  name: 'azure-functions',
  priority: 749,
  anyProtocol: true,
  config: f.record({
    timeout: f.number({ default: 600_000 }),
    keepalive: f.number({ default: 60_000 }),
    https: optionalFlag(true),
    https_verify: optionalFlag(false),
    apikey: f.string(secret),
    clientid: f.string(secret),
    appname: f.string({ required: true }),
    hostdomain: f.string({ required: true, default: 'azurewebsites.net' }),
    routeprefix: f.string({ default: 'api' }),
    functionname: f.string({ required: true }),
  }),
});
