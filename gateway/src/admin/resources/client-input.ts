import { typedFromForm } from '../../entities/form.ts';
import type { Entity, TableName } from '../../entities/tables.ts';
import type { ClientInput, EntityConfiguration, Values } from '../entities/context.ts';
import { withHashedPassword } from '../entities/password.ts';
import type { AdminRequest } from '../endpoint.ts';

/**
 * Reads what a request says of an entity.
 *
 * @throws AdminError 400, 413 or 415
 */
export async function clientInput(
  request: AdminRequest,
  table: TableName,
  { mode, plugins }: Pick<EntityConfiguration, 'mode' | 'plugins'>,
): Promise<ClientInput> {
  const { type, value } = await request.body();
  const sent = value as Values;
  const values = mode === 'store' ? await withHashedPassword(table, sent) : sent;
  if (type !== 'form' && type !== 'multipart') return () => values;
  return (of, stored) => typedFromForm(of, withPluginName(of, values, stored), plugins);
}

/** What the configuration of a plugin may be follows from which plugin it is. */
function withPluginName(table: TableName, values: Values, stored: Entity | undefined): Values {
  if (table !== 'plugins' || stored === undefined) return values;
  return { name: (stored as Entity<'plugins'>).name, ...values };
}
