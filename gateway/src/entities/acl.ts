import { defineEntity, type EntityOf } from './definition.ts';
import * as common from './schema/common-fields.ts';
import { f } from './schema/field.ts';

export const acl = defineEntity({
  name: 'acls',
  singular: 'acl group',
  endpointKey: null,
  cacheKey: ['consumer', 'group'],
  fields: {
    id: common.id,
    created_at: common.created_at,
    consumer: common.credentialOwner,
    group: f.string({ required: true }),
    tags: common.tags,
  },
});

export type Acl = EntityOf<typeof acl>;
