/** An entity as it is on the wire: foreign keys are `{ id }`. */
export type Entity = Record<string, unknown> & { id: string };

/** What decK knows of one kind of entity. */
export interface Kind {
  readonly name: KindName;
  /** Path of the list of all of them; targets have none. */
  readonly collection: string | null;
  /** Kinds of one level are written at the same time, levels one after another. */
  readonly level: 1 | 2 | 3 | 4;
  /** Whether decK stops when there is no such list. */
  readonly mandatory: boolean;
  /** The entity that one belongs to, when it is written below its path. */
  readonly parent?: { readonly field: string; readonly collection: string };
  /** Last part of the path below the parent. */
  readonly nested?: string;
  /** What decK knows an entity by, when no id is given. */
  readonly identity: (entity: Readonly<Record<string, unknown>>) => string;
}

export type KindName =
  | 'certificates'
  | 'ca_certificates'
  | 'consumers'
  | 'vaults'
  | 'key_sets'
  | 'snis'
  | 'services'
  | 'upstreams'
  | 'keys'
  | CredentialName
  | 'routes'
  | 'targets'
  | 'plugins';

export type CredentialName =
  | 'keyauth_credentials'
  | 'basicauth_credentials'
  | 'hmacauth_credentials'
  | 'jwt_secrets'
  | 'oauth2_credentials'
  | 'acls';

/** The id in a foreign key. */
export function idOf(reference: unknown): string {
  return (reference as { id?: string } | null | undefined)?.id ?? '';
}

const by =
  (...fields: string[]): Kind['identity'] =>
  (entity) =>
    fields
      .map((field) => {
        const value = entity[field];
        return typeof value === 'string' ? value : idOf(value);
      })
      .join('\n');

function top(
  name: KindName,
  collection: string,
  level: Kind['level'],
  identity: Kind['identity'],
  mandatory = false,
): Kind {
  return { name, collection, level, identity, mandatory };
}

function credential(
  name: CredentialName,
  collection: string,
  nested: string,
  identity: Kind['identity'],
): Kind {
  const parent = { field: 'consumer', collection: '/consumers' };
  return { name, collection, level: 2, mandatory: false, parent, nested, identity };
}

/** Every kind, in the order in which decK reads them. */
export const kinds: readonly Kind[] = [
  top('services', '/services', 2, by('name'), true),
  top('routes', '/routes', 3, by('name'), true),
  top('plugins', '/plugins', 4, by('name', 'service', 'route', 'consumer'), true),
  top('certificates', '/certificates', 1, by('cert'), true),
  top('ca_certificates', '/ca_certificates', 1, by('cert')),
  top('snis', '/snis', 2, by('name'), true),
  top('upstreams', '/upstreams', 2, by('name'), true),
  top('vaults', '/vaults', 1, by('prefix')),
  top('keys', '/keys', 2, by('kid', 'set')),
  top('key_sets', '/key-sets', 1, by('name')),
  top(
    'consumers',
    '/consumers',
    1,
    (entity) => (entity['username'] ?? entity['custom_id']) as string,
    true,
  ),
  credential('keyauth_credentials', '/key-auths', 'key-auth', by('key')),
  credential('hmacauth_credentials', '/hmac-auths', 'hmac-auth', by('username')),
  credential('jwt_secrets', '/jwts', 'jwt', by('key')),
  credential('basicauth_credentials', '/basic-auths', 'basic-auth', by('username')),
  credential('oauth2_credentials', '/oauth2', 'oauth2', by('client_id')),
  credential('acls', '/acls', 'acls', by('consumer', 'group')),
  {
    name: 'targets',
    collection: null,
    level: 3,
    mandatory: true,
    parent: { field: 'upstream', collection: '/upstreams' },
    nested: 'targets',
    identity: by('upstream', 'target'),
  },
];

export const credentialKinds: readonly Kind[] = kinds.filter(
  ({ parent }) => parent?.field === 'consumer',
);

export function kindOf(name: KindName): Kind {
  const kind = kinds.find((one) => one.name === name);
  if (kind === undefined) throw new Error(`decK knows no ${name}`);
  return kind;
}

/** Where the list stands that an entity is written to. */
export function listPath(kind: Kind, entity: Entity): string {
  if (kind.parent === undefined || kind.nested === undefined) return kind.collection ?? '';
  return `${kind.parent.collection}/${idOf(entity[kind.parent.field])}/${kind.nested}`;
}
