import { isDeepStrictEqual } from 'node:util';
import {
  StoreConflict,
  type Conflict,
  type StoredChange,
  type StoreTransaction,
} from '../../../store/contract.ts';
import { AdminError, type AdminAnswer, type AdminRequest } from '../../endpoint.ts';
import { presentChanges } from '../../entities/changes.ts';
import { transact } from '../../entities/transact.ts';
import { warningHeader } from '../../entities/warnings.ts';
import { dryRunAnswer } from '../../resources/answers.ts';
import { dryRunWanted } from '../../resources/write-request.ts';
import type { FixedParts } from '../parts.ts';

/**
 * Brings back the configuration as it was at a revision, as a new revision.
 *
 * @throws AdminError 405 with a declarative file, 404 when the revision is not kept, 409 when it does
 *   not fit what is stored now
 * @throws UnservableChange when it could not be served any more
 */
export async function restore(
  { live }: FixedParts,
  request: AdminRequest,
  revision: number,
): Promise<AdminAnswer> {
  if (live.mode === 'file') {
    const message = 'the configuration comes from a file: bring back an older file instead';
    throw new AdminError(405, { message });
  }
  const back = await live.store.changesBackTo(revision);
  if (back === undefined) throw notKept(revision);
  const dryRun = dryRunWanted(request.query);
  const order = {
    by: request.principal.name,
    reason: `restore revision ${revision}`,
    dryRun,
    conditions: {},
  };
  try {
    const done = await transact(live, order, (tx) => apply(tx, back));
    const changes = presentChanges(done.changes, live.plugins);
    const warnings = live.caveatsIn(done.changes);
    const headers = { 'X-Sluice-Revision': String(done.revision), ...warningHeader(warnings) };
    if (dryRun) return dryRunAnswer({ data: null, changes, warnings }, headers);
    const body = { revision: done.revision, restored: revision, changes, warnings };
    return { status: 200, body, headers };
  } catch (error) {
    if (error instanceof StoreConflict) throw doesNotFit(revision, error.conflict);
    throw error;
  }
}

export function notKept(revision: number): AdminError {
  return new AdminError(404, { message: `revision ${revision} is not kept` });
}

/** @param changes in an order in which they can be made */
async function apply(tx: StoreTransaction, changes: readonly StoredChange[]): Promise<void> {
  for (const { table, id, before } of changes) {
    const now = (await tx.get(table, id)) ?? null;
    if (!isDeepStrictEqual(now, before)) throw changedMeanwhile();
  }
  for (const { table, id, before, after } of changes) {
    if (after === null) await tx.delete(table, id);
    else if (before === null) await tx.insert(table, after);
    else await tx.update(table, after);
  }
}

function changedMeanwhile(): AdminError {
  const message = 'somebody else changed the configuration at the same time; try again';
  return new AdminError(409, { message });
}

function doesNotFit(revision: number, { kind, table }: Conflict): AdminError {
  const message = `revision ${revision} cannot be restored: it does not fit the ${table} that are stored now (${kind})`;
  return new AdminError(409, { message });
}
