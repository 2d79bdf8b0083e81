import type { PluginSchemas } from '../../entities/plugin.ts';
import type { Failure } from '../../entities/schema/failure.ts';
import type { Entity, TableName } from '../../entities/tables.ts';
import { judgeEntity } from '../../entities/validators.ts';
import { schemaViolation } from '../../entities/violation.ts';
import { AdminError } from '../endpoint.ts';
import { invalidOption, kongError } from '../errors/kong-errors.ts';
import type { Values } from './context.ts';
import { hintFor } from './hints.ts';

/** Whether an entity is stored as it is given, or was changed in part. */
export type Completeness = 'whole' | 'patched';

/**
 * The clean entity of an input. Values that are right in Kong but cannot be served here are let
 * through: whether they would take effect only shows together with all other entities.
 *
 * @throws AdminError 400 with everything that is wrong with it
 */
export function validated(
  table: TableName,
  input: Values,
  plugins: PluginSchemas,
  completeness: Completeness = 'whole',
): Entity {
  const result = judgeEntity(table, input, plugins);
  if (result.ok) return result.value;
  const failures = result.failures.filter(({ rule }) => rule !== 'unsupported');
  if (failures.length === 0) return result.draft as Entity;
  refuseOptions(failures);
  if (table === 'certificates') refuseBadNames(failures);
  const told = completeness === 'patched' ? failures.map(asOfPatch) : failures;
  throw new AdminError(400, {
    ...schemaViolation(told),
    ...hintFor(table, input, plugins, failures),
  });
}

/** Kong says that it was the change, not what was there before, that left too little. */
function asOfPatch(failure: Failure): Failure {
  if (!failure.message.startsWith('at least one of')) return failure;
  return { ...failure, message: `when updating, ${failure.message}` };
}

/** To Kong a time to live is no field of an entity but an option of storing it. */
function refuseOptions(failures: readonly Failure[]): void {
  const ttl = failures.find(({ path, rule }) => path[0] === 'ttl' && rule !== 'unknown');
  if (ttl !== undefined) throw invalidOption('ttl', ttl.message);
}

/**
 * Kong looks SNIs up before it stores them, so one that cannot be a name is a bad key to it.
 *
 * @throws AdminError when nothing else is wrong
 */
function refuseBadNames(failures: readonly Failure[]): void {
  const [first] = failures;
  const all = failures.every(({ path, rule }) => path[0] === 'snis' && rule === 'check');
  if (first !== undefined && all) throw kongError(400, 10, 'invalid unique name', first.message);
}
