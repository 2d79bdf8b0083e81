import { createInput } from '../../entities/client-input.ts';
import type { PluginSchemas } from '../../entities/plugin.ts';
import type { Entity } from '../../entities/tables.ts';
import { schemaViolation } from '../../entities/violation.ts';
import type { StoreReader, StoreTransaction } from '../../store/contract.ts';
import { AdminError } from '../endpoint.ts';
import { allOf } from './all-of.ts';
import { validated } from './validated.ts';

/**
 * A certificate is sent and shown with the names of its SNIs, which are entities of their own: those
 * that are new in the list are made, those that are missing from it go.
 */

/**
 * @param certificate as it was sent
 * @throws AdminError 400 when a name stands there twice or belongs to another certificate
 */
export async function checkNames(
  reader: StoreReader,
  { id, snis }: Entity<'certificates'>,
): Promise<void> {
  const names = snis ?? [];
  for (const [i, name] of names.entries()) {
    if (names.indexOf(name) !== i) throw badNames(`${name} is duplicated`);
    const other = (await reader.find('snis', { name }))?.certificate.id;
    if (other !== undefined && other !== id) {
      throw badNames(`${name} already associated with existing certificate '${other}'`);
    }
  }
}

/** Makes the SNIs of a certificate those of its list. */
export async function storeNames(
  tx: StoreTransaction,
  { id, snis }: Entity<'certificates'>,
  plugins: PluginSchemas,
): Promise<void> {
  const wanted = new Set(snis ?? []);
  for await (const sni of allOf(tx, 'snis', { field: 'certificate', id })) {
    if (!wanted.delete(sni.name)) await tx.delete('snis', sni.id);
  }
  for (const name of wanted) {
    const input = createInput('snis', { name, certificate: { id } });
    await tx.insert('snis', validated('snis', input, plugins) as Entity<'snis'>);
  }
}

function badNames(message: string): AdminError {
  return new AdminError(400, schemaViolation([{ path: ['snis'], message, rule: 'check' }]));
}
