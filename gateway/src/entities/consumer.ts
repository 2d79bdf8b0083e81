import { defineEntity, type EntityOf } from './definition.ts';
import * as common from './schema/common-fields.ts';
import { f } from './schema/field.ts';

export const consumer = defineEntity({
  name: 'consumers',
  singular: 'consumer',
  endpointKey: 'username',
  fields: {
    id: common.id,
    created_at: common.created_at,
    updated_at: common.updated_at,
    username: f.string({ unique: true, description: 'A name that only this consumer has.' }),
    custom_id: f.string({ unique: true, description: 'What another system calls this consumer.' }),
    tags: common.tags,
  },
  checks: [{ at_least_one_of: ['custom_id', 'username'] }],
});

export type Consumer = EntityOf<typeof consumer>;
