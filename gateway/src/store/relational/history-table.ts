import { sql } from 'kysely';
import type { Entity, TableName } from '../../entities/tables.ts';
import {
  KEPT_REVISION_DAYS,
  KEPT_REVISIONS,
  type RevisionSummary,
  type StoredChange,
  type StoredRevision,
  type TransactionOptions,
} from '../contract.ts';
import { withAllFields } from '../entity.ts';
import { forgettable, takenBack } from '../history.ts';
import type { Builder, Dialect, Row, Session, Statement } from './database.ts';
import type { Lineage } from './lineage.ts';
import { PerDialect, Prepared } from './prepared.ts';
import { inChunks } from './tag-table.ts';

const summaryColumns = ['revision', 'time', 'author', 'reason', 'changed'] as const;
const changeColumns = [
  'revision',
  'table_name',
  'entity_id',
  'entity_before',
  'entity_after',
] as const;
/** Most revisions that are forgotten at once. */
const FORGOTTEN_AT_ONCE = 200;

/**
 * Gives the changes of a transaction the next revision. Whoever has taken the number has it until
 * the commit, so that revisions are committed in their order, without gaps. The first statement
 * gives the number.
 */
export function commitStatements(
  dialect: Dialect,
  changes: readonly StoredChange[],
  { by, reason }: Pick<TransactionOptions, 'by' | 'reason'>,
): Statement[] {
  const rows = changes.map(({ table, id, before, after }, position) => [
    position,
    table,
    id,
    before === null ? null : JSON.stringify(before),
    after === null ? null : JSON.stringify(after),
  ]);
  const { next, revision, change } = writing.for(dialect, 'history');
  return [
    next.with([]),
    revision.with([Date.now(), by ?? null, reason ?? null, changes.length]),
    ...inChunks(rows, dialect.rowsAtOnce).map((some) =>
      some.length === 1 ? change.with(some[0] ?? []) : insertChanges(dialect, some),
    ),
    ...(dialect.notification === null ? [] : [dialect.notification]),
  ];
}

const writing = new PerDialect(({ builder }) => ({
  next: new Prepared(
    'history.next',
    builder
      .updateTable('store_state')
      .set(({ eb }) => ({ revision: eb('revision', '+', sql.lit(1)) }))
      .returning('revision'),
  ),
  revision: new Prepared(
    'history.revision',
    builder
      .insertInto('revisions')
      .values({ revision: taken(builder), time: 0, author: '', reason: '', changed: 0 }),
  ),
  change: new Prepared(
    'history.change',
    builder.insertInto('changes').values(changeRow(builder, [0, '', '', '', ''])),
  ),
}));

function insertChanges({ builder }: Dialect, rows: readonly Row[]): Statement {
  return builder
    .insertInto('changes')
    .values(rows.map((row) => changeRow(builder, row)))
    .compile();
}

function changeRow(builder: Builder, [position, table, id, before, after]: Row) {
  return {
    revision: taken(builder),
    position: position ?? null,
    table_name: table ?? null,
    entity_id: id ?? null,
    entity_before: before ?? null,
    entity_after: after ?? null,
  };
}

/** The revision that the transaction has taken. */
function taken(builder: Builder) {
  return builder.selectFrom('store_state').select('revision');
}

export async function readRevision({ builder }: Dialect, session: Session): Promise<number> {
  const [row] = await session.rows(builder.selectFrom('store_state').select('revision').compile());
  return row?.[0] as number;
}

/** The newest revision, which stays that until the transaction is over. */
export async function holdRevision(
  { builder, locksRows }: Dialect,
  session: Session,
): Promise<number> {
  const query = builder.selectFrom('store_state').select('revision');
  const [row] = await session.rows((locksRows ? query.forUpdate() : query).compile());
  return row?.[0] as number;
}

/** @param lineage what was read of this history before */
export async function readSince(
  dialect: Dialect,
  session: Session,
  lineage: Lineage,
  { revision, limit }: { readonly revision: number; readonly limit: number },
): Promise<readonly StoredRevision[] | undefined> {
  const query = dialect.builder
    .selectFrom('revisions')
    .select(summaryColumns)
    .where('revision', '>=', revision)
    .orderBy('revision')
    .limit(limit + 1);
  const kept = (await session.rows(query.compile())).map(summaryOf);
  const summaries = kept.filter((one) => one.revision > revision).slice(0, limit);
  const [start] = kept;
  if (start?.revision === revision && !lineage.isSame(start)) return undefined;
  // Nothing is kept of it any more, or it has not been there yet.
  if (start === undefined) return revision === 0 ? [] : undefined;
  if (start.revision > revision + 1) return undefined;
  if (summaries.length === 0) return [];
  const changes = await readChanges(dialect, session, revision, summaries.at(-1)?.revision ?? 0);
  const revisions = summaries.map((summary) => ({
    ...summary,
    changes: changes.get(summary.revision) ?? [],
  }));
  // Some may have been forgotten between the two readings.
  if (revisions.some((one) => one.changes.length !== one.changed)) return undefined;
  lineage.goOn(summaries.at(-1));
  return revisions;
}

export async function readSummaries(
  { builder }: Dialect,
  session: Session,
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
): Promise<readonly RevisionSummary[]> {
  let query = builder.selectFrom('revisions').select(summaryColumns);
  if (before !== undefined) query = query.where('revision', '<', before);
  const rows = await session.rows(query.orderBy('revision', 'desc').limit(limit).compile());
  return rows.map(summaryOf);
}

/** @param session sees one moment */
export async function readBackTo(
  dialect: Dialect,
  session: Session,
  revision: number,
): Promise<readonly StoredChange[] | undefined> {
  const newest = await readRevision(dialect, session);
  const { builder } = dialect;
  const count = builder
    .selectFrom('revisions')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('revision', '>', revision);
  const [row] = await session.rows(count.compile());
  if (Number(row?.[0]) !== newest - revision) return undefined;
  const changes = await readChanges(dialect, session, revision, newest);
  return takenBack([...changes.values()].flat());
}

/**
 * Forgets some of what is older than history is kept for.
 *
 * @returns whether there may be more to forget
 */
export async function forgetSome(
  dialect: Dialect,
  session: Session,
  now: number,
): Promise<boolean> {
  const { builder } = dialect;
  const newest = await readRevision(dialect, session);
  const old = builder
    .selectFrom('revisions')
    .select('revision')
    .where('revision', '<=', newest - KEPT_REVISIONS)
    .where('time', '<', forgettable(now, KEPT_REVISION_DAYS))
    .orderBy('revision')
    .limit(FORGOTTEN_AT_ONCE);
  const revisions = await session.rows(old.compile());
  const last = revisions.at(-1)?.[0];
  if (last === undefined) return false;
  await session.runAll([
    builder.deleteFrom('changes').where('revision', '<=', last).compile(),
    builder.deleteFrom('revisions').where('revision', '<=', last).compile(),
  ]);
  return revisions.length === FORGOTTEN_AT_ONCE;
}

/** Changes after one revision and up to another, by revision. */
async function readChanges(
  { builder }: Dialect,
  session: Session,
  after: number,
  last: number,
): Promise<Map<number, StoredChange[]>> {
  const query = builder
    .selectFrom('changes')
    .select(changeColumns)
    .where('revision', '>', after)
    .where('revision', '<=', last)
    .orderBy('revision')
    .orderBy('position');
  const changes = new Map<number, StoredChange[]>();
  for (const [revision, table, id, before, afterwards] of await session.rows(query.compile())) {
    const change = {
      table: table as TableName,
      id: id as string,
      before: entityIn(table as TableName, before as string | null),
      after: entityIn(table as TableName, afterwards as string | null),
    };
    const list = changes.get(revision as number);
    if (list === undefined) changes.set(revision as number, [change]);
    else list.push(change);
  }
  return changes;
}

/** An entity of the history, which may have been written when the definition was another one. */
function entityIn(table: TableName, json: string | null): Entity | null {
  return json === null ? null : withAllFields(table, JSON.parse(json) as Record<string, unknown>);
}

function summaryOf([revision, time, author, reason, changed]: Row): RevisionSummary {
  return {
    revision: revision as number,
    time: time as number,
    by: author as string | null,
    reason: reason as string | null,
    changed: changed as number,
  };
}
