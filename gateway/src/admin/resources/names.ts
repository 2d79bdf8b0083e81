import type { TableName } from '../../entities/tables.ts';

/** Tables that are called otherwise in paths. */
const collectionNames: Readonly<Partial<Record<TableName, string>>> = {
  keyauth_credentials: 'key-auths',
  basicauth_credentials: 'basic-auths',
  hmacauth_credentials: 'hmac-auths',
  jwt_secrets: 'jwts',
  oauth2_credentials: 'oauth2',
  key_sets: 'key-sets',
};

/** Those that are called otherwise yet below the consumer that they belong to. */
const nestedNames: Readonly<Partial<Record<TableName, string>>> = {
  keyauth_credentials: 'key-auth',
  basicauth_credentials: 'basic-auth',
  hmacauth_credentials: 'hmac-auth',
  jwt_secrets: 'jwt',
};

/** `key-auths` in `/key-auths`. */
export function collectionName(table: TableName): string {
  return collectionNames[table] ?? table;
}

/** `key-auth` in `/consumers/{consumers}/key-auth`. */
export function nestedName(table: TableName): string {
  return nestedNames[table] ?? collectionName(table);
}
