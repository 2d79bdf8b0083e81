import type { EntityDefinition } from './definition.ts';
import * as common from './schema/common-fields.ts';
import { f } from './schema/field.ts';

type Described = Pick<EntityDefinition, 'fields' | 'checks'>;

const cascading = { default: null, on_delete: 'cascade' } as const;
const named = f.string({ unique: true });

const grant = {
  id: common.id,
  created_at: common.created_at,
  service: f.foreign('services', cascading),
  credential: f.foreign('oauth2_credentials', { required: true, on_delete: 'cascade' }),
};

/**
 * Kinds of entities whose schemas Kong publishes and of which there are none here: its own
 * bookkeeping, and what belongs to features that are switched off. Clients look at the schemas.
 */
export const unkeptEntities: Readonly<Record<string, Described>> = {
  tags: {
    fields: {
      tag: f.string({ required: true }),
      entity_name: f.string({ required: true }),
      entity_id: f.string({ required: true, uuid: true, auto: true }),
    },
  },
  workspaces: {
    fields: {
      id: common.id,
      name: f.string({ required: true, unique: true }),
      comment: f.string(),
      created_at: common.created_at,
      updated_at: common.updated_at,
      meta: f.record({}, { required: true }),
      config: f.record({}, { required: true }),
    },
  },
  oauth2_tokens: {
    fields: {
      ...grant,
      token_type: f.string({ required: true, default: 'bearer', one_of: ['bearer'] }),
      expires_in: f.integer({ required: true }),
      access_token: f.string({ unique: true, auto: true }),
      refresh_token: named,
      authenticated_userid: f.string(),
      scope: f.string(),
    },
  },
  oauth2_authorization_codes: {
    fields: {
      ...grant,
      code: f.string({ unique: true, auto: true }),
      authenticated_userid: f.string(),
      scope: f.string(),
      challenge: f.string(),
      challenge_method: f.string({ one_of: ['S256'] }),
      plugin: f.foreign('plugins', cascading),
    },
  },
  filter_chains: {
    fields: {
      id: common.id,
      name: named,
      enabled: f.boolean({ required: true, default: true }),
      route: f.foreign('routes', { ...cascading, unique: true }),
      service: f.foreign('services', { ...cascading, unique: true }),
      filters: f.array(
        f.record({
          name: f.string({ required: true, one_of: [], err: 'no such filter' }),
          enabled: f.boolean({ required: true, default: true }),
          config: f.json(),
        }),
        { required: true, len_min: 1 },
      ),
      created_at: common.created_at,
      updated_at: common.updated_at,
      tags: common.tags,
    },
    checks: [
      { mutually_exclusive: ['service', 'route'] },
      { at_least_one_of: ['service', 'route'] },
    ],
  },
  parameters: {
    fields: {
      created_at: common.created_at,
      key: f.string({ required: true, unique: true }),
      value: f.string({ required: true }),
    },
  },
  sessions: {
    fields: {
      id: common.id,
      session_id: f.string({ required: true, unique: true }),
      expires: f.integer(),
      data: f.string(),
      created_at: common.created_at,
    },
  },
  clustering_data_planes: {
    fields: {
      id: f.string({ required: true, uuid: true }),
      last_seen: f.integer({ auto: true, timestamp: true }),
      updated_at: common.updated_at,
      ip: f.string({ required: true }),
      config_hash: f.string(),
      hostname: f.string({ required: true }),
      version: f.string(),
      sync_status: f.string({
        required: true,
        default: 'unknown',
        one_of: [
          'unknown',
          'normal',
          'kong_version_incompatible',
          'plugin_set_incompatible',
          'plugin_version_incompatible',
          'filter_set_incompatible',
        ],
      }),
      labels: f.map(f.string(), f.string()),
      cert_details: f.record(
        { expiry_timestamp: f.number({ timestamp: true }) },
        { required: true },
      ),
      rpc_capabilities: f.set(f.string()),
    },
  },
};
