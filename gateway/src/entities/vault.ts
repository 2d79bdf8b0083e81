import { defineEntity, type EntityOf } from './definition.ts';
import { matching } from './schema/checks.ts';
import * as common from './schema/common-fields.ts';
import { f, type RecordField } from './schema/field.ts';

const env = f.record(
  {
    prefix: f.string({
      check: matching(/^[a-z_-][\w-]*$/i),
      description: 'Put before names of environment variables.',
    }),
  },
  { required: true },
);

/** What the vaults of each kind are configured by. */
export const vaultConfigs: Readonly<Record<string, RecordField>> = { env };

/** Kinds of vaults that exist; a vault's prefix may not be one of these names. */
const kinds = Object.keys(vaultConfigs);

export const vault = defineEntity({
  name: 'vaults',
  singular: 'vault',
  endpointKey: 'prefix',
  subschemaKey: 'name',
  fields: {
    id: common.id,
    prefix: f.string({ required: true, unique: true, check: vaultPrefix }),
    name: f.string({ required: true, check: vaultKind, description: 'Which kind of vault.' }),
    description: f.string(),
    // The only kind there is decides what is in it.
    config: f.record(env.fields, { required: true, abstract: true }),
    created_at: common.created_at,
    updated_at: common.updated_at,
    tags: common.tags,
  },
});

export type Vault = EntityOf<typeof vault>;

function vaultPrefix(prefix: string): string | undefined {
  if (kinds.includes(prefix)) return `must not be one of: ${kinds.join(', ')}`;
  return /^[a-z][a-z\d-]*[a-z\d]+$/.test(prefix) ? undefined : `invalid value: ${prefix}`;
}

function vaultKind(name: string): string | undefined {
  return kinds.includes(name) ? undefined : `vault '${name}' is not installed`;
}
