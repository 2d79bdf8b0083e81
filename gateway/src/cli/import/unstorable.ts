import type { UnservableChange } from '../../control/configuration.ts';
import { isTableName } from '../../entities/tables.ts';
import type { ImportPlan } from './plan.ts';

/** Files that are right, and that no node could serve: a line for each thing, with its place. */
export class UnstorableFiles extends Error {
  override readonly name = 'UnstorableFiles';
  readonly problems: readonly string[];

  constructor(cause: UnservableChange, { placeOf }: Pick<ImportPlan, 'placeOf'>) {
    super(cause.message, { cause });
    this.problems = cause.problems.map(({ table, id, message }) => {
      const place = isTableName(table) ? placeOf(table, id) : undefined;
      // What is in no file is in the store, where a route was put under it.
      return place === undefined ? `in the store: ${message}` : `${place}: ${message}`;
    });
  }
}
