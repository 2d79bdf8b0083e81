import { defineEntity, type EntityOf } from './definition.ts';
import * as checks from './schema/checks.ts';
import * as common from './schema/common-fields.ts';
import { f } from './schema/field.ts';

export const sni = defineEntity({
  name: 'snis',
  singular: 'sni',
  endpointKey: 'name',
  fields: {
    id: common.id,
    name: f.string({ required: true, unique: true, check: checks.wildcardHost }),
    created_at: common.created_at,
    updated_at: common.updated_at,
    tags: common.tags,
    certificate: f.foreign('certificates', { required: true, on_delete: 'cascade' }),
  },
});

export type Sni = EntityOf<typeof sni>;
