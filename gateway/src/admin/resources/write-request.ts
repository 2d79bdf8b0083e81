import { isUuid } from '../../entities/schema/compile-scalar.ts';
import { nearest } from '../../entities/schema/nearest.ts';
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
  for (const name of query.keys()) {
    if (!isMeantAsDryRun(name)) continue;
    const message = `unknown parameter '${name}'; did you mean 'dry_run'? Nothing was changed`;
    throw new AdminError(400, { message });
  }
  const wishes = new Set(query.getAll('dry_run').map(isDryRun));
  if (wishes.size > 1) {
    throw new AdminError(400, { message: 'dry_run is given twice, and not the same both times' });
  }
  return wishes.has(true);
}

function isDryRun(value: string): boolean {
  if (value === '0' || value === 'false') return false;
  if (value === '1' || value === 'true' || value === '') return true;
  throw new AdminError(400, { message: `dry_run must be 1, true, 0 or false, not '${value}'` });
}

/** Whether a parameter is a slip of the pen. All others are left alone, as Kong does. */
function isMeantAsDryRun(name: string): boolean {
  if (name === 'dry_run') return false;
  const letters = name.toLowerCase().replace(/[^a-z]/g, '');
  return letters === 'dry' || nearest(letters, ['dryrun']) !== undefined;
}

/** @throws AdminError 400 when one of them is malformed */
export function conditionsOf(headers: AdminRequest['headers']): Conditions {
  return {
    match: entityTags('If-Match', headers['if-match']),
    noneMatch: entityTags('If-None-Match', headers['if-none-match']),
  };
}
