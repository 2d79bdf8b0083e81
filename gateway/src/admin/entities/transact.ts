import type { StoredChange, StoreTransaction } from '../../store/contract.ts';
import type { Conditions } from './conditions.ts';
import type { EntityConfiguration, WriteContext } from './context.ts';

/** How a change is to be made, and what for the history is to say of it. */
export interface WriteOrder {
  /** Who makes it. */
  readonly by: string;
  /** What was asked for, e.g. `PUT /services/orders`. */
  readonly reason: string;
  readonly dryRun: boolean;
  readonly conditions: Conditions;
  /** The revision without which the change would not be right. */
  readonly follows?: number;
}

export interface Done<T> {
  readonly value: T;
  /** The revision that the change made, or would follow. */
  readonly revision: number;
  readonly changes: readonly StoredChange[];
}

/**
 * Makes one change: valid, servable and durable when this resolves, or not made at all. The node
 * serves it soon after.
 *
 * @throws AdminError, RevisionMoved, StoreConflict, StoreUnavailable, UnservableChange
 */
export async function transact<T>(
  live: EntityConfiguration,
  { by, reason, dryRun, conditions, follows }: WriteOrder,
  work: (tx: StoreTransaction, context: WriteContext) => Promise<T>,
): Promise<Done<T>> {
  const context = { plugins: live.plugins, readOnly: live.mode === 'file', conditions };
  const { value, revision, changes } = await live.store.transaction((tx) => work(tx, context), {
    by,
    reason,
    dryRun,
    follows,
    judge: (proposed) => live.judge(proposed),
  });
  if (!dryRun && changes.length > 0) live.changed(revision, changes);
  return { value, revision, changes };
}
