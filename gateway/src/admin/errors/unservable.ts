import type { UnservableChange, UnservableEntity } from '../../control/configuration.ts';
import { entityKey, type Failure } from '../../entities/schema/failure.ts';
import { schemaViolation } from '../../entities/violation.ts';
import { AdminError } from '../endpoint.ts';

/** A change that is valid but cannot be served is refused like one that breaks a schema. */
export function unservable({ problems }: UnservableChange): AdminError {
  return new AdminError(400, schemaViolation(problems.map(failureOf)));
}

function failureOf({ field, message }: UnservableEntity): Failure {
  const path = field === null ? [entityKey] : field.split('.');
  return { path, message, rule: 'unsupported' };
}
