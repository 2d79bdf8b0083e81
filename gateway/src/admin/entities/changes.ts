import type { PluginSchemas } from '../../entities/plugin.ts';
import { presentEntity } from '../../entities/present.ts';
import type { Entity, TableName } from '../../entities/tables.ts';
import type { StoredChange } from '../../store/contract.ts';

/** What would become of one entity, as clients are told of it. */
export interface PresentedChange {
  /** The table, as in `/schemas/{name}`. */
  readonly entity: TableName;
  readonly id: string;
  readonly change: 'create' | 'update' | 'delete';
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

/** Changes as a dry run answers them. */
export function presentChanges(
  changes: readonly StoredChange[],
  plugins: PluginSchemas,
): PresentedChange[] {
  const show = (table: TableName, entity: Entity | null): PresentedChange['after'] =>
    entity === null ? null : presentEntity(table, entity, { plugins });
  return changes.map(({ table, id, before, after }) => ({
    entity: table,
    id,
    change: before === null ? 'create' : after === null ? 'delete' : 'update',
    before: show(table, before),
    after: show(table, after),
  }));
}
