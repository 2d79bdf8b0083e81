import { foreignKeys, type ForeignKey } from '../../entities/tables.ts';
import { StoreConflict } from '../contract.ts';
import {
  foreignId,
  keyValue,
  keyValues,
  uniqueKeys,
  type UniqueKey,
  type Values,
} from '../keys.ts';
import type { EntitySource, Put } from '../transaction/backend.ts';
import { LostRace } from '../transaction/lost-race.ts';
import type { Row, Statement, Violation } from './database.ts';
import { foreignColumn } from './schema.ts';

/** A statement, and the entities that it writes. */
export interface Step {
  readonly statement: Statement;
  readonly puts: readonly Put[];
  /**
   * What the statement has to give back.
   *
   * @throws LostRace
   */
  readonly verify?: (rows: readonly Row[]) => void;
}

/**
 * What a violation means to whoever wrote the entities. A database that does not say which values
 * are at fault can still be asked: what failed was one entity, and the transaction goes on.
 */
export async function conflictOf(
  { puts }: Step,
  violation: Violation,
  source: EntitySource,
): Promise<Error> {
  // A delete breaks no rule, unless somebody was quicker to refer to what goes.
  if (puts.length === 0) return new LostRace('deleted too late', { cause: violation });
  const test = violation.detail === null ? asking(source) : believing(violation, violation.detail);
  for (const put of puts) {
    const conflict =
      violation.rule === 'unique'
        ? await uniqueConflict(put, test)
        : await foreignConflict(put, test);
    if (conflict !== undefined) return conflict;
  }
  return violation;
}

/** How to find out what is at fault. */
interface Test {
  readonly isTaken: (put: Put, key: UniqueKey) => Promise<boolean> | boolean;
  readonly isMissing: (foreignKey: ForeignKey, id: string) => Promise<boolean> | boolean;
}

/** The first rule that is broken, the id before others and those in the order of the definition. */
async function uniqueConflict(put: Put, test: Test): Promise<StoreConflict | undefined> {
  const { table, after, stored } = put;
  const idKey = { table, column: 'id', fields: ['id'] };
  if (stored === null && (await test.isTaken(put, idKey))) {
    return new StoreConflict({ kind: 'primary-key', table, id: after.id });
  }
  for (const key of uniqueKeys(table)) {
    if (!(await test.isTaken(put, key))) continue;
    return new StoreConflict({ kind: 'unique', table, values: keyValues(key, after) });
  }
  return undefined;
}

async function foreignConflict(
  { table, after }: Put,
  test: Test,
): Promise<StoreConflict | undefined> {
  for (const foreignKey of foreignKeys(table)) {
    const { field, table: reference } = foreignKey;
    const id = foreignId((after as Values)[field]);
    if (id === null || !(await test.isMissing(foreignKey, id))) continue;
    return new StoreConflict({ kind: 'foreign-key', table, field, reference, id });
  }
  return undefined;
}

function asking(source: EntitySource): Test {
  return {
    async isTaken({ table, after }, key) {
      if (key.column === 'id') return (await source.get(table, after.id)) !== undefined;
      const value = keyValue(key, after);
      const other = value === null ? undefined : await source.find(key, value);
      return other !== undefined && other.id !== after.id;
    },
    isMissing: async ({ table }, id) => (await source.get(table, id)) === undefined,
  };
}

/** PostgreSQL writes the values at fault as `(column)=(value)`, whatever language it speaks. */
function believing({ column }: Violation, detail: string): Test {
  const isAtFault = (name: string, value: string): boolean =>
    name === column && detail.includes(`(${name})=(${value})`);
  return {
    isTaken: ({ after }, key) => {
      const value = keyValue(key, after);
      return value !== null && isAtFault(key.column, value);
    },
    isMissing: ({ field }, id) => isAtFault(foreignColumn(field), id),
  };
}
