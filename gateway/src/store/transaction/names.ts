import type { Entity, TableName } from '../../entities/tables.ts';
import type { Sni } from '../../entities/sni.ts';
import type { StoredChange } from '../contract.ts';
import { inOrder, isSameEntity, withNames } from '../entity.ts';
import type { EntitySource } from './backend.ts';

/** Gives certificates the names of their SNIs; leaves all others as they are. */
export async function named<E extends Entity>(
  source: Pick<EntitySource, 'namesOf'>,
  table: TableName,
  entities: readonly E[],
): Promise<readonly E[]> {
  if (table !== 'certificates' || entities.length === 0) return entities;
  const names = await source.namesOf(entities.map(({ id }) => id));
  return entities.map((entity) => withNames(entity, names.get(entity.id) ?? []) as E);
}

/**
 * Completes the certificates among changes with the names of their SNIs, and adds those of which
 * nothing else changed.
 *
 * @param source as it is after the changes
 */
export async function withCertificates(
  changes: readonly StoredChange[],
  source: EntitySource,
): Promise<readonly StoredChange[]> {
  const own = changes.filter(({ table }) => table === 'certificates');
  const snis = changes.filter(({ table }) => table === 'snis');
  if (own.length === 0 && snis.length === 0) return changes;
  const changed = new Map(own.map((change) => [change.id, change]));
  const ids = new Set([...changed.keys(), ...snis.flatMap(certificatesOf)]);
  const after = await source.namesOf([...ids]);
  const before = namesBefore(after, snis);
  const completed: StoredChange[] = [];
  for (const id of ids) {
    const same = changed.has(id) ? undefined : ((await source.get('certificates', id)) ?? null);
    const then = same === undefined ? (changed.get(id)?.before ?? null) : same;
    const now = same === undefined ? (changed.get(id)?.after ?? null) : same;
    const change = {
      table: 'certificates' as const,
      id,
      before: then && withNames(then, [...(before.get(id) ?? [])]),
      after: now && withNames(now, after.get(id) ?? []),
    };
    if (!isSameEntity(change.before, change.after)) completed.push(change);
  }
  return inOrder([...changes.filter(({ table }) => table !== 'certificates'), ...completed]);
}

function certificatesOf({ before, after }: StoredChange): string[] {
  return [before, after].flatMap((sni) => (sni === null ? [] : [(sni as Sni).certificate.id]));
}

/** Takes changes of SNIs back from the names that certificates have now. */
function namesBefore(
  after: ReadonlyMap<string, readonly string[]>,
  changes: readonly StoredChange[],
): Map<string, Set<string>> {
  const names = new Map([...after].map(([id, list]) => [id, new Set(list)]));
  for (const { after: sni } of changes) {
    if (sni !== null) names.get((sni as Sni).certificate.id)?.delete((sni as Sni).name);
  }
  for (const { before: sni } of changes) {
    if (sni === null) continue;
    const { id } = (sni as Sni).certificate;
    const list = names.get(id) ?? new Set<string>();
    names.set(id, list.add((sni as Sni).name));
  }
  return names;
}
