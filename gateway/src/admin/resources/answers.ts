import type { Entity, TableName } from '../../entities/tables.ts';
import type { StoreTransaction } from '../../store/contract.ts';
import { presentChanges, type PresentedChange } from '../entities/changes.ts';
import { isKnown } from '../entities/conditions.ts';
import type { EntityConfiguration, WriteContext } from '../entities/context.ts';
import { etagOf } from '../entities/etag.ts';
import { shown } from '../entities/shown.ts';
import { transact } from '../entities/transact.ts';
import { warningHeader } from '../entities/warnings.ts';
import type { AdminAnswer, AdminRequest } from '../endpoint.ts';
import { conditionsOf, writeOrder } from './write-request.ts';

/** The answer to a request for one entity. */
export function foundAnswer(
  request: AdminRequest,
  table: TableName,
  entity: Entity,
  live: EntityConfiguration,
): AdminAnswer {
  if (isKnown(conditionsOf(request.headers), entity)) {
    return { status: 304, headers: { ETag: etagOf(entity) } };
  }
  return entityAnswer(200, table, entity, live);
}

/** A write on the way: what it is about, and which endpoint was asked for it. */
export interface WriteTask {
  readonly live: EntityConfiguration;
  readonly request: AdminRequest;
  /** Path of the endpoint. */
  readonly path: string;
  /** The table of the entity that `work` gives back. */
  readonly table: TableName;
}

/**
 * Carries out a write and answers with what is stored now: the entity that `work` gives back, or
 * nothing when it deleted it. A dry run answers with what would be stored, and what would change.
 *
 * @param status of a change that was made
 */
export async function writeAnswer(
  { live, request, path, table }: WriteTask,
  status: 200 | 201 | 204,
  work: (tx: StoreTransaction, context: WriteContext) => Promise<Entity | null>,
): Promise<AdminAnswer> {
  const order = writeOrder(request, path);
  const { value, revision, changes } = await transact(live, order, work);
  const warnings = live.caveatsIn(changes);
  const common = { 'X-Sluice-Revision': String(revision), ...warningHeader(warnings) };
  if (order.dryRun) {
    const data = value === null ? null : shown(live, table, value);
    return dryRunAnswer({ data, changes: presentChanges(changes, live.plugins), warnings }, common);
  }
  if (value === null) return { status, headers: common };
  return entityAnswer(status, table, value, live, common);
}

/** What a dry run of any change comes to. */
export interface DryRun {
  /** What the change would be answered with; null when that is no entity. */
  readonly data: object | null;
  readonly changes: readonly PresentedChange[];
  /** What of the change would have less effect than its author may expect. */
  readonly warnings: readonly string[];
}

export function dryRunAnswer(
  { data, changes, warnings }: DryRun,
  headers: Readonly<Record<string, string>>,
): AdminAnswer {
  const body = { dry_run: true, data, changes, warnings };
  return { status: 200, body, headers: { ...headers, 'X-Sluice-Dry-Run': '1' } };
}

function entityAnswer(
  status: number,
  table: TableName,
  entity: Entity,
  live: EntityConfiguration,
  headers: Readonly<Record<string, string>> = {},
): AdminAnswer {
  const body = shown(live, table, entity);
  return { status, body, headers: { ETag: etagOf(entity), ...headers } };
}
