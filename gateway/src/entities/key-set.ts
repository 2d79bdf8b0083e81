import { defineEntity, type EntityOf } from './definition.ts';
import * as common from './schema/common-fields.ts';
import { f } from './schema/field.ts';

export const keySet = defineEntity({
  name: 'key_sets',
  singular: 'key set',
  endpointKey: 'name',
  fields: {
    id: common.id,
    name: f.string({ unique: true }),
    tags: common.tags,
    created_at: common.created_at,
    updated_at: common.updated_at,
  },
});

export type KeySet = EntityOf<typeof keySet>;
