import { defineEntity, type EntityOf } from './definition.ts';
import * as common from './schema/common-fields.ts';
import { f } from './schema/field.ts';

export const oauth2Credential = defineEntity({
  name: 'oauth2_credentials',
  singular: 'oauth2 credential',
  endpointKey: 'client_id',
  cacheKey: ['client_id'],
  fields: {
    id: common.id,
    created_at: common.created_at,
    consumer: common.credentialOwner,
    name: f.string({ required: true }),
    client_id: f.string({ unique: true, auto: true }),
    client_secret: f.string({ auto: true, encrypted: true }),
    hash_secret: f.boolean({ required: true, default: false }),
    redirect_uris: f.array(f.string({ check: redirectUri })),
    tags: common.tags,
    client_type: f.string({
      required: true,
      default: 'confidential',
      one_of: ['confidential', 'public'],
    }),
  },
});

export type Oauth2Credential = EntityOf<typeof oauth2Credential>;

function redirectUri(uri: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/?#]+/i.test(uri)) return `cannot parse '${uri}'`;
  return uri.includes('#') ? `fragment not allowed in '${uri}'` : undefined;
}
