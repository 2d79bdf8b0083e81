import { defineEntity, type EntityOf } from './definition.ts';
import * as common from './schema/common-fields.ts';
import { f } from './schema/field.ts';
import { timeToLive } from './time-to-live.ts';

export const keyauthCredential = defineEntity({
  name: 'keyauth_credentials',
  singular: 'key-auth credential',
  endpointKey: 'key',
  cacheKey: ['key'],
  fields: {
    id: common.id,
    created_at: common.created_at,
    consumer: common.credentialOwner,
    key: f.string({ unique: true, auto: true }),
    tags: common.tags,
    expires_at: f.integer({
      hidden: true,
      timestamp: true,
      description: 'When it stops to count; null for never.',
    }),
  },
  shorthands: { ttl: timeToLive },
});

export type KeyauthCredential = EntityOf<typeof keyauthCredential>;
