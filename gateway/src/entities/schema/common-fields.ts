import * as checks from './checks.ts';
import { f } from './field.ts';

/** Fields and elements that most entities share. */

export const id = f.string({ uuid: true, auto: true, description: 'Identifies the entity.' });

const moment = { auto: true, timestamp: true } as const;
export const created_at = f.integer({ ...moment, description: 'When it was made.' });
export const updated_at = f.integer({ ...moment, description: 'When it was last changed.' });

export const tags = f.set(f.string({ required: true, check: checks.tag }), {
  description: 'Labels to group and filter by.',
});

export const utf8Name = f.string({
  unique: true,
  check: checks.utf8Name,
  description: 'A name that only this entity has.',
});

export const port = f.integer({ between: [0, 65535], description: 'A port number.' });

/** The consumer that a credential belongs to. */
export const credentialOwner = f.foreign('consumers', { required: true, on_delete: 'cascade' });

export const protocolNames = [
  'grpc',
  'grpcs',
  'http',
  'https',
  'tcp',
  'tls',
  'tls_passthrough',
  'udp',
] as const;

export const protocol = f.string({ one_of: protocolNames });

export const urlPath = f.string({ check: checks.path, description: 'A path of a URL.' });
export const rootPath = f.string({ check: checks.path, default: '/' });

export const headersMap = f.map(f.string({ check: checks.headerName }), f.array(f.string()), {
  description: 'Header names and their values.',
});
