import { hashPassword, isPasswordHash } from '../../entities/password.ts';
import type { TableName } from '../../entities/tables.ts';
import type { Values } from './context.ts';

/**
 * Replaces the password of a basic-auth credential by what is stored of it. That takes a while by
 * intention, and so is done before a transaction begins.
 */
export async function withHashedPassword(table: TableName, input: Values): Promise<Values> {
  const { password } = input;
  if (table !== 'basicauth_credentials' || typeof password !== 'string') return input;
  // What is no password at all is for validation to refuse; what was dumped is a hash already.
  if (password === '' || isPasswordHash(password)) return input;
  return { ...input, password: await hashPassword(password) };
}
