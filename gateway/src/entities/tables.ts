import { acl } from './acl.ts';
import { basicauthCredential } from './basicauth-credential.ts';
import { caCertificate } from './ca-certificate.ts';
import { certificate } from './certificate.ts';
import { consumer } from './consumer.ts';
import type { EntityDefinition, EntityOf } from './definition.ts';
import { hmacauthCredential } from './hmacauth-credential.ts';
import { jwtSecret } from './jwt-secret.ts';
import { keySet } from './key-set.ts';
import { key } from './key.ts';
import { keyauthCredential } from './keyauth-credential.ts';
import { oauth2Credential } from './oauth2-credential.ts';
import { plugin, type Plugin } from './plugin.ts';
import { route } from './route.ts';
import { service } from './service.ts';
import { sni } from './sni.ts';
import { target } from './target.ts';
import { upstream } from './upstream.ts';
import { vault } from './vault.ts';

/** Every kind of entity by table name, those referred to before those that refer. */
export const definitions = {
  certificates: certificate,
  ca_certificates: caCertificate,
  snis: sni,
  vaults: vault,
  key_sets: keySet,
  keys: key,
  services: service,
  routes: route,
  consumers: consumer,
  keyauth_credentials: keyauthCredential,
  basicauth_credentials: basicauthCredential,
  jwt_secrets: jwtSecret,
  hmacauth_credentials: hmacauthCredential,
  oauth2_credentials: oauth2Credential,
  acls: acl,
  upstreams: upstream,
  targets: target,
  plugins: plugin,
} as const satisfies Readonly<Record<string, EntityDefinition>>;

export type TableName = keyof typeof definitions;

export const tableNames = Object.keys(definitions) as readonly TableName[];

/** The entity of a table. */
export type Entity<T extends TableName = TableName> = {
  [K in TableName]: K extends 'plugins' ? Plugin : EntityOf<(typeof definitions)[K]>;
}[T];

/** Validated entities by table and id. */
export type EntityTables = {
  readonly [T in TableName]: ReadonlyMap<string, Entity<T>>;
};

export function isTableName(name: string): name is TableName {
  return Object.hasOwn(definitions, name);
}

/** The definition of a table without the types of its own fields. */
export function definitionOf(table: TableName): EntityDefinition<TableName> {
  return definitions[table];
}

/** A field by which entities of one table belong to one of another. */
export interface ForeignKey {
  readonly field: string;
  readonly table: TableName;
}

/** The foreign keys of a table: field name and the table it refers to. */
export function foreignKeys(table: TableName): readonly ForeignKey[] {
  return foreignKeysByTable.get(table) ?? [];
}

/** Tables whose entities belong to one of `table`, and the field that says to which. */
export function childTables(table: TableName): readonly ForeignKey[] {
  return childTablesByTable.get(table) ?? [];
}

const foreignKeysByTable = new Map<TableName, ForeignKey[]>();
const childTablesByTable = new Map<TableName, ForeignKey[]>();
for (const child of tableNames) {
  for (const [field, { type, ...rest }] of Object.entries(definitionOf(child).fields)) {
    const parent = type === 'foreign' && 'reference' in rest ? rest.reference : '';
    if (!isTableName(parent)) continue;
    add(foreignKeysByTable, child, { field, table: parent });
    add(childTablesByTable, parent, { field, table: child });
  }
}

function add(map: Map<TableName, ForeignKey[]>, table: TableName, foreignKey: ForeignKey): void {
  const list = map.get(table);
  if (list === undefined) map.set(table, [foreignKey]);
  else list.push(foreignKey);
}
