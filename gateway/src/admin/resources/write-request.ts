import { isUuid } from '../../entities/schema/compile-scalar.ts';
import { isTableName } from '../../entities/tables.ts';
import { entityTags, type Conditions } from '../entities/conditions.ts';
import { isNamedBySecret } from '../entities/masked.ts';
import type { WriteOrder } from '../entities/transact.ts';
import { AdminError, type AdminRequest } from '../endpoint.ts';

/** How a request wants its change to be made. `path` is that of the endpoint. */
export function writeOrder(request: AdminRequest, path: string): WriteOrder {
  const { principal, method, query, headers } = request;
  return {
    by: principal.name,
    reason: `${method} ${tellablePath(path, request.params)}`,
    dryRun: dryRunWanted(query),
    conditions: conditionsOf(headers),
  };
}

/** The path as it was sent, for the history; what may be the key of a consumer stays out of it. */
function tellablePath(path: string, params: AdminRequest['params']): string {
  return path.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = params[name] ?? '';
    const isSecret = isTableName(name) && isNamedBySecret(name) && !isUuid(value);
    return isSecret ? placeholder : encodeURIComponent(value.toWellFormed());
  });
}

/**
 * Whether a change is only to be tried out.
 *
 * @throws AdminError 400 rather than doing in earnest what was perhaps not meant so
 */
export function dryRunWanted(query: URLSearchParams): boolean {
  const value = query.get('dry_run');
  if (value === null || value === '0' || value === 'false') return false;
  if (value === '1' || value === 'true' || value === '') return true;
  throw new AdminError(400, { message: `dry_run must be 1, true, 0 or false, not '${value}'` });
}

/** @throws AdminError 400 when one of them is malformed */
export function conditionsOf(headers: AdminRequest['headers']): Conditions {
  return {
    match: entityTags('If-Match', headers['if-match']),
    noneMatch: entityTags('If-None-Match', headers['if-none-match']),
  };
}
