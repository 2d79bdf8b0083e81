import type { TableName } from '../../entities/tables.ts';

/**
 * What of Kong's configuration this version does not serve yet. Everything here is validated like
 * the rest; then it is refused, unless it has no effect: null, Kong's default, disabled, or an entity
 * that nothing uses.
 */

/**
 * Entities that nothing uses yet. They are kept until something does: by themselves they let nobody in
 * and keep nobody out. What would rely on them is refused: the plugin of a credential, a reference to a
 * vault.
 */
export const idleTables: readonly TableName[] = [
  'oauth2_credentials',
  'vaults',
  'keys',
  'key_sets',
];

/** Values that a field may have; any other is refused. `default` is Kong's default alone. */
export type Supported = 'default' | readonly (string | number | boolean)[] | SupportedFields;

/** Of a record: those of its fields that are limited. */
export interface SupportedFields {
  readonly fields: Readonly<Record<string, Supported>>;
}

/** Fields of which only some values are served. The others of an entity are served in full. */
export const limitedFields: Readonly<
  Partial<Record<TableName, Readonly<Record<string, Supported>>>>
> = {
  services: {
    protocol: ['http', 'https', 'grpc', 'grpcs', 'tcp', 'tls', 'tls_passthrough'],
  },
  routes: {
    protocols: ['http', 'https', 'grpc', 'grpcs', 'tcp', 'tls', 'tls_passthrough'],
  },
  upstreams: {
    // What active checks would do makes no difference while none is made.
    healthchecks: {
      fields: {
        active: {
          fields: {
            healthy: { fields: { interval: 'default' } },
            unhealthy: { fields: { interval: 'default' } },
          },
        },
      },
    },
  },
};

/** Fields of plugins' configurations of which only some values are served. */
export const limitedPluginFields: Readonly<Record<string, Readonly<Record<string, Supported>>>> = {
  'rate-limiting': { policy: ['local'] },
  session: { storage: ['cookie'] },
};

/** What a plugin does in place of what a value asks for that is not served, by subject. */
export const pluginFieldEffects: Readonly<Record<string, string>> = {
  'plugin rate-limiting: config.policy': 'counts on each node by itself',
  'plugin session: config.storage': 'keeps sessions in cookies',
};

/** Something of Kong's that is not served here. */
export interface Foreign {
  /** What to say behind its name. */
  readonly reason: string;
  /** Kong has it in another edition only. */
  readonly otherEdition: boolean;
  /** It is served, under another setting of the node. */
  readonly isASetting?: boolean;
}

function missing(reason: string): Foreign {
  return { reason, otherEdition: false };
}

function enterprise(what: string): Foreign {
  return { reason: `${what} Kong Enterprise`, otherEdition: true };
}

function konnect(reason: string): Foreign {
  return { reason, otherEdition: true };
}

const noExpressions = {
  reason:
    'routes that are expressions need --router-flavor expressions: start the node with it, and check with it as well (told once for all such routes)',
  otherEdition: false,
  isASetting: true,
};
const noWebAssembly = missing('WebAssembly filters are not supported');
const noCertificateCredentials = missing(
  'are not there: mtls-auth finds consumers by the names in certificates (consumer_by)',
);
const consumerGroups = enterprise('consumer groups belong to');

/** Fields of entities that Kong has under other settings or in other editions. */
export const foreignFields: Readonly<
  Partial<Record<TableName, Readonly<Record<string, Foreign>>>>
> = {
  routes: {
    expression: noExpressions,
    priority: noExpressions,
    filter_chains: noWebAssembly,
  },
  services: { filter_chains: noWebAssembly },
  plugins: {
    consumer_group: consumerGroups,
    ordering: enterprise('dynamic plugin ordering belongs to'),
    partials: enterprise('partials belong to'),
    condition: enterprise('conditions belong to'),
  },
  consumers: {
    groups: consumerGroups,
    mtls_auth_credentials: noCertificateCredentials,
  },
};

/** Top-level sections that Kong has under other settings or in other editions. */
export const foreignSections: Readonly<Record<string, Foreign>> = {
  _konnect: konnect('is for Konnect control planes; remove it to use the file here'),
  filter_chains: noWebAssembly,
  consumer_groups: consumerGroups,
  consumer_group_consumers: consumerGroups,
  consumer_group_plugins: consumerGroups,
  custom_entities: enterprise('custom entities belong to'),
  custom_plugins: konnect('streamed plugins belong to Konnect'),
  cloned_plugins: enterprise('cloned plugins belong to'),
  degraphql_routes: enterprise('degraphql belongs to'),
  licenses: enterprise('licenses belong to'),
  mtls_auth_credentials: noCertificateCredentials,
  partials: enterprise('partials belong to'),
  rbac_endpoint_permissions: enterprise('RBAC belongs to'),
  rbac_roles: enterprise('RBAC belongs to'),
  sessions: missing('the state of sessions is not configuration'),
  workspaces: enterprise('workspaces belong to'),
};
