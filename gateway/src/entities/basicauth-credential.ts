import { defineEntity, type EntityOf } from './definition.ts';
import * as common from './schema/common-fields.ts';
import { f } from './schema/field.ts';

export const basicauthCredential = defineEntity({
  name: 'basicauth_credentials',
  singular: 'basic-auth credential',
  endpointKey: 'username',
  cacheKey: ['username'],
  fields: {
    id: common.id,
    created_at: common.created_at,
    consumer: common.credentialOwner,
    username: f.string({ required: true, unique: true }),
    password: f.string({ required: true }),
    tags: common.tags,
  },
});

export type BasicauthCredential = EntityOf<typeof basicauthCredential>;
