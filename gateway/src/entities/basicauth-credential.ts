import { defineEntity, type EntityOf } from './definition.ts';
import * as common from './schema/common-fields.ts';
import { f, type CheckFailure } from './schema/field.ts';

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
    password: f.string({
      required: true,
      encrypted: true,
      description: 'What is kept of it is a hash.',
    }),
    tags: common.tags,
  },
  checks: [{ reads: ['password'], custom: passwordOfSomebody, unpublished: true }],
});

export type BasicauthCredential = EntityOf<typeof basicauthCredential>;

/** Kong hashes the password together with the consumer, so it wants one before anything else. */
function passwordOfSomebody(record: Readonly<Record<string, unknown>>): CheckFailure | undefined {
  if (typeof record.password !== 'string' || record.consumer != null) return undefined;
  return { message: "all or none of these fields must be set: 'password', 'consumer.id'" };
}
