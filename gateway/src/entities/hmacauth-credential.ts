import { defineEntity, type EntityOf } from './definition.ts';
import * as common from './schema/common-fields.ts';
import { f } from './schema/field.ts';

export const hmacauthCredential = defineEntity({
  name: 'hmacauth_credentials',
  singular: 'hmac-auth credential',
  endpointKey: 'username',
  cacheKey: ['username'],
  fields: {
    id: common.id,
    created_at: common.created_at,
    consumer: common.credentialOwner,
    username: f.string({ required: true, unique: true }),
    secret: f.string({ auto: true }),
    tags: common.tags,
  },
});

export type HmacauthCredential = EntityOf<typeof hmacauthCredential>;
