import { presentEntity } from '../../entities/present.ts';
import type { Entity, TableName } from '../../entities/tables.ts';
import type { EntityConfiguration, Values } from './context.ts';

/**
 * An entity as clients are shown it. Without a database nothing has a time to live in Kong, so that
 * it does not show one either.
 */
export function shown(
  { mode, plugins }: Pick<EntityConfiguration, 'mode' | 'plugins'>,
  table: TableName,
  entity: Entity,
): Values {
  const all = presentEntity(table, entity, { plugins });
  if (mode === 'file' && all.ttl === null) delete all.ttl;
  return all;
}
