import type { DeckApi } from './api.ts';
import { sameEntity } from './compare.ts';
import { idOf, kindOf, kinds, listPath, type Entity, type Kind, type KindName } from './kinds.ts';
import type { State } from './state.ts';

/** One change that decK makes. */
export interface SyncEvent {
  readonly operation: 'create' | 'update' | 'delete';
  readonly kind: KindName;
  readonly entity: Entity;
}

/** What leads from one state to the other. */
export function planSync(current: State, target: State): SyncEvent[] {
  return kinds.flatMap(({ name }) => [
    ...target.all(name).flatMap((entity): SyncEvent[] => {
      const present = current.get(name, entity.id);
      if (present === undefined) return [{ operation: 'create', kind: name, entity }];
      if (sameEntity(name, present, entity)) return [];
      return [{ operation: 'update', kind: name, entity }];
    }),
    ...current
      .all(name)
      .filter(({ id }) => target.get(name, id) === undefined)
      .map((entity): SyncEvent => ({ operation: 'delete', kind: name, entity })),
  ]);
}

/** Writes that were refused. */
export class SyncFailed extends Error {
  readonly failures: readonly Error[];

  constructor(failures: readonly Error[]) {
    super(`${failures.length} errors occurred:\n${failures.map(String).join('\n')}`);
    this.failures = failures;
  }
}

const levels = [1, 2, 3, 4] as const;

/**
 * Makes changes in decK's order: level by level, deletions last and the other way round.
 *
 * @param parallelism changes of a level at the same time
 * @throws SyncFailed after a level in which something was refused
 */
export async function applySync(
  api: DeckApi,
  events: readonly SyncEvent[],
  current: State,
  parallelism = 10,
): Promise<void> {
  const of = (level: number, deletions: boolean): SyncEvent[] =>
    events.filter(
      ({ kind, operation }) =>
        kindOf(kind).level === level && (operation === 'delete') === deletions,
    );
  const order = [
    ...levels.map((level) => of(level, false)),
    ...levels.toReversed().map((level) => of(level, true)),
  ];
  for (const level of order) await applyAtOnce(api, level, current, parallelism);
}

async function applyAtOnce(
  api: DeckApi,
  events: readonly SyncEvent[],
  current: State,
  parallelism: number,
): Promise<void> {
  const waiting = [...events];
  const failures: Error[] = [];
  const worker = async (): Promise<void> => {
    for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) {
      await apply(api, event, current).catch((error: Error) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: parallelism }, worker));
  if (failures.length > 0) throw new SyncFailed(failures);
}

async function apply(api: DeckApi, event: SyncEvent, current: State): Promise<void> {
  const kind = kindOf(event.kind);
  const path = `${listPath(kind, event.entity)}/${event.entity.id}`;
  if (event.operation === 'delete') {
    await api.write('DELETE', path);
    return;
  }
  if (kind.name === 'certificates' && event.operation === 'create') {
    // One that another team's tags hide is not to be overwritten.
    const other = await api.get(path, [404]);
    if (other !== undefined) throw new Error(`certificate ${event.entity.id} exists already`);
  }
  const body = bodyOf(kind, event.entity, current);
  if (kind.name !== 'targets' || event.operation === 'update') {
    await api.write('PUT', path, body);
    return;
  }
  const { status } = await api.write('PUT', path, body, [404]);
  if (status === 404) await api.write('POST', listPath(kind, event.entity), body);
}

function bodyOf(kind: Kind, entity: Entity, current: State): object {
  const given = Object.entries(entity).filter(([, value]) => value !== null);
  const body = Object.fromEntries(given);
  if (kind.name !== 'certificates') return body;
  // A certificate that is replaced without its names loses them.
  const names = current
    .all('snis')
    .filter(({ certificate }) => idOf(certificate) === entity.id)
    .map(({ name }) => name);
  return names.length === 0 ? body : { ...body, snis: names };
}
