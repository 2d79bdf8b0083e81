import { UnservableChange } from '../../control/configuration.ts';
import { schemaViolation } from '../../entities/violation.ts';
import { StoreConflict, StoreUnavailable, type Conflict } from '../../store/contract.ts';
import { AdminError, type AdminAnswer } from '../endpoint.ts';
import {
  entityNotFound,
  foreignKeyViolation,
  primaryKeyViolation,
  stillReferenced,
  uniqueViolation,
} from './kong-errors.ts';
import { unservable } from './unservable.ts';

/** A request that failed. */
export interface FailedRequest {
  /** Whether it would have changed something. */
  readonly writes: boolean;
  /** Logs a problem of the gateway's own. */
  readonly report: (problem: string) => void;
}

/** What a client is told of an error. What it need not know of goes to the log instead. */
export function errorAnswer(error: unknown, request: FailedRequest): AdminAnswer {
  const { report } = request;
  const known = adminError(error, request);
  if (known !== undefined)
    return { status: known.status, body: known.body, headers: known.headers };
  report(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return { status: 500, body: { message: 'An unexpected error occurred' } };
}

function adminError(error: unknown, { writes, report }: FailedRequest): AdminError | undefined {
  if (error instanceof AdminError) return error;
  if (error instanceof StoreConflict) return conflictError(error.conflict);
  if (error instanceof UnservableChange) return unservable(error);
  if (!(error instanceof StoreUnavailable)) return undefined;
  report(error.message);
  const { reason, mayBeDone } = error;
  const outcome = mayBeDone ? openOutcome : writes ? 'nothing was changed' : nothingRead;
  const message = `${unavailableWords[reason]}; ${outcome}`;
  return new AdminError(503, { message }, { 'Retry-After': '1' });
}

function conflictError(conflict: Conflict): AdminError {
  switch (conflict.kind) {
    case 'unique':
      return uniqueViolation(conflict.table, conflict.values);
    case 'primary-key':
      return primaryKeyViolation(conflict.id);
    case 'foreign-key':
      return foreignKeyViolation(conflict.field, conflict.reference, conflict.id);
    case 'referenced':
      return stillReferenced(conflict.table, conflict.by);
    case 'missing':
      return entityNotFound('id', conflict.id);
    case 'value': {
      const { field, problem } = conflict;
      return new AdminError(
        400,
        schemaViolation([{ path: [field], message: problem, rule: 'check' }]),
      );
    }
  }
}

const openOutcome =
  'it was lost while it committed the change: look whether it was made before trying again';

const nothingRead =
  'nothing can be read from it now, and the gateway goes on serving what it was configured with';

/** What is wrong; where the store is and what it said is for the log. */
const unavailableWords: Readonly<Record<StoreUnavailable['reason'], string>> = {
  unreachable: 'the database cannot be reached',
  full: 'the disk or database is full',
  locked: 'the database was locked by somebody else for too long',
  'read-only': 'the database can only be read from',
  damaged: 'the database is damaged',
  schema: 'the database belongs to another version of Sluice',
  missing: 'there is no configuration in the database (any more): its tables are gone',
  foreign: 'the database holds another store than the one that this node serves',
};
