import { isDeepStrictEqual } from 'node:util';
import { isSecret } from '../../config/node.ts';
import {
  definitionOf,
  foreignKeys,
  tableNames,
  type Entity,
  type EntityTables,
  type TableName,
} from '../../entities/tables.ts';
import type { StoredChange } from '../../store/contract.ts';

type Values = Readonly<Record<string, unknown>>;

/** Changes of one table that are named, unless all are wanted. */
const MOST_NAMED = 20;

/** They follow from the change itself. */
const times = ['created_at', 'updated_at'];

/** `services: 3 new, 1 changed, 2 deleted`, a line for each table. */
export function summary(changes: readonly StoredChange[]): string {
  return inTables(changes, () => '');
}

/**
 * The summary, with what becomes of each entity below it: `+ orders`, `~ tls: host, port`, `- old`.
 * Values are not told, since secrets are among them.
 *
 * @param tables by which what an entity belongs to is named, those of before first
 * @param isWhole whether all are named, however many there are
 */
export function changeList(
  changes: readonly StoredChange[],
  tables: readonly EntityTables[],
  isWhole: boolean,
): string {
  return inTables(changes, (own) => {
    const named = isWhole ? own : own.slice(0, MOST_NAMED);
    const rest = own.length - named.length;
    const lines = named.map((change) => `    ${describe(change, tables)}\n`);
    return lines.join('') + (rest === 0 ? '' : `    and ${rest} more (--verbose names all)\n`);
  });
}

function inTables(
  changes: readonly StoredChange[],
  below: (own: readonly StoredChange[]) => string,
): string {
  const byTable = Map.groupBy(changes, ({ table }) => table);
  const parts = tableNames.flatMap((table) => {
    const own = byTable.get(table) ?? [];
    return own.length === 0 ? [] : [`  ${definitionOf(table).name}: ${counts(own)}\n${below(own)}`];
  });
  return parts.length === 0 ? '  nothing to do\n' : parts.join('');
}

function counts(own: readonly StoredChange[]): string {
  const all = [
    [own.filter(({ before }) => before === null).length, 'new'],
    [own.filter(({ before, after }) => before !== null && after !== null).length, 'changed'],
    [own.filter(({ after }) => after === null).length, 'deleted'],
  ] as const;
  return all
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}`)
    .join(', ');
}

function describe({ table, before, after }: StoredChange, tables: readonly EntityTables[]): string {
  if (before === null) return after === null ? '' : `+ ${labelOf(table, after, tables)}`;
  if (after === null) return `- ${labelOf(table, before, tables)}`;
  const [old, now] = [before as Values, after as Values];
  const fields = Object.keys(now).filter(
    (name) => !times.includes(name) && !isDeepStrictEqual(old[name], now[name]),
  );
  return `~ ${labelOf(table, after, tables)}: ${fields.join(', ')}`;
}

/** `orders`, `cors of service 'orders'`, and the id of what has no name that everybody may see. */
function labelOf(table: TableName, entity: Entity, tables: readonly EntityTables[]): string {
  const owner = ownerOf(table, entity, tables);
  return `${nameOf(table, entity)}${owner === undefined ? '' : ` of ${owner}`}`;
}

function nameOf(table: TableName, entity: Entity): string {
  const values = entity as Values;
  const { endpointKey } = definitionOf(table);
  const key = endpointKey !== null && !isSecret(table, endpointKey) ? endpointKey : undefined;
  const candidates = [
    table === 'plugins' ? values.name : key === undefined ? undefined : values[key],
    values.username,
    values.custom_id,
    values.group,
    values.target,
  ];
  const name = candidates.find((one) => typeof one === 'string' && one !== '');
  return (name as string | undefined) ?? entity.id;
}

/** What an entity belongs to, if it is the only thing that tells it from others of its name. */
function ownerOf(
  table: TableName,
  entity: Entity,
  tables: readonly EntityTables[],
): string | undefined {
  for (const { field, table: parent } of foreignKeys(table)) {
    const id = ((entity as Values)[field] as { id: string } | null | undefined)?.id;
    if (id === undefined) continue;
    const known = tables.map((each) => each[parent].get(id)).find((one) => one !== undefined);
    const name = known === undefined ? id : nameOf(parent, known);
    return `${definitionOf(parent).singular} '${name}'`;
  }
  return undefined;
}
