import { isDeepStrictEqual } from 'node:util';
import {
  RevisionMoved,
  StoreConflict,
  type Conflict,
  type Store,
  type StoredChange,
  type StoreTransaction,
} from '../../../store/contract.ts';
import { saysTheSame } from '../../../store/differences.ts';
import { AdminError, type AdminAnswer, type AdminRequest } from '../../endpoint.ts';
import { presentChanges } from '../../entities/changes.ts';
import { transact, type WriteOrder } from '../../entities/transact.ts';
import { warningHeader } from '../../entities/warnings.ts';
import { dryRunAnswer } from '../../resources/answers.ts';
import { conditionsOf, dryRunWanted } from '../../resources/write-request.ts';
import type { FixedParts } from '../parts.ts';
import { checkRevision, revisionTag } from './revision-tag.ts';

/**
 * Brings back the configuration as it was at a revision, as a new revision.
 *
 * @throws AdminError 405 with a declarative file, 404 when the revision is not kept, 412 when another
 *   one is the newest than `If-Match` says, 409 when somebody changes something meanwhile or it does
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
  const conditions = conditionsOf(request.headers);
  const [newest] = await live.store.revisions({ limit: 1 });
  const follows = newest?.revision ?? 0;
  checkRevision(conditions, follows);
  const dryRun = dryRunWanted(request.query);
  const order: WriteOrder = {
    by: request.principal.name,
    reason: `restore revision ${revision}`,
    dryRun,
    conditions,
    follows,
  };
  const back = await changesBackTo(live.store, revision);
  try {
    const done = await transact(live, order, (tx) => apply(tx, back));
    const changes = presentChanges(done.changes, live.plugins);
    const warnings = live.caveatsIn(done.changes);
    const headers = {
      ETag: revisionTag(done.revision),
      'X-Sluice-Revision': String(done.revision),
      ...warningHeader(warnings),
    };
    if (dryRun) return dryRunAnswer({ data: null, changes, warnings }, headers);
    const body = { revision: done.revision, restored: revision, changes, warnings };
    return { status: 200, body, headers };
  } catch (error) {
    if (error instanceof StoreConflict) throw doesNotFit(revision, error.conflict);
    if (!(error instanceof RevisionMoved)) throw error;
    checkRevision(conditions, error.newest);
    throw changedMeanwhile();
  }
}

export function notKept(revision: number): AdminError {
  const message = `revision ${revision} is not kept (GET /revisions lists those that are)`;
  return new AdminError(404, { message });
}

/**
 * What is to be done to be back at a revision that is listed: the history may reach back to the one
 * before, which nobody could look at first. An entity that was only written again stays as it is.
 */
async function changesBackTo(store: Store, revision: number): Promise<readonly StoredChange[]> {
  const [listed] = await store.revisions({ before: revision + 1, limit: 1 });
  const back = listed?.revision === revision ? await store.changesBackTo(revision) : undefined;
  if (back === undefined) throw notKept(revision);
  return back.filter(
    ({ table, before, after }) =>
      before === null || after === null || !saysTheSame(table, before, after),
  );
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
