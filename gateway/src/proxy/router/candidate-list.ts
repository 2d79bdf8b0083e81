import { KeyedCandidates, KeyedChanges } from './keyed-candidates.ts';
import { firstAccepting, withChanges } from './ordered-candidates.ts';
import type { CandidateChanges, Candidates } from './ordered-candidates.ts';
import type { Subject } from './subject.ts';
import { SubRoute } from './sub-route.ts';

/** Up to so many candidates are tried one after another; more are found by keys. */
const SHORT = 8;
const CHANGES_PER_SLICE = 32;

/** Sub-routes that share a host and a prefix: mostly there is one, which needs no list around it. */
export type CandidatesOfPlace<T> = SubRoute<T> | CandidateList<T>;

/** Several of them. Never changed, only followed by another list. */
export class CandidateList<T> {
  /** All of them while there are few, then those that no key finds. Best first. */
  readonly plain: Candidates<T>;
  readonly keyed: KeyedCandidates<T> | null;

  constructor(plain: Candidates<T>, keyed: KeyedCandidates<T> | null) {
    this.plain = plain;
    this.keyed = keyed;
  }

  /** The best that accepts the request and precedes `limit`, if one is given. */
  find(subject: Subject, limit: SubRoute<T> | null): SubRoute<T> | null {
    const found = firstAccepting(this.plain, subject, limit);
    if (this.keyed === null) return found;
    return this.keyed.find(subject, found ?? limit) ?? found;
  }
}

/**
 * The candidates that follow `previous` (null for none), made in small steps. They are the same
 * whatever the steps were that led to them.
 *
 * @returns null when no candidate is left
 */
export function* nextCandidates<T>(
  previous: CandidatesOfPlace<T> | null,
  changes: CandidateChanges<T>,
): Generator<undefined, CandidatesOfPlace<T> | null, void> {
  if (previous === null || previous instanceof SubRoute) {
    const plain = previous === null ? [] : [previous];
    return yield* nextCandidates(new CandidateList(plain, null), changes);
  }
  const { plain, keyed } = previous;
  if (keyed === null) {
    const all = yield* withChanges(plain, changes);
    if (all.length < 2) return all[0] ?? null;
    return all.length <= SHORT ? new CandidateList(all, null) : yield* byKeys(null, adding(all));
  }
  const next = yield* byKeys(previous, changes);
  const { size } = next.keyed!;
  if (next.plain.length + size > SHORT) return next;
  return yield* nextCandidates(null, adding([...next.plain, ...next.keyed!.all()]));
}

function adding<T>(added: Candidates<T>): CandidateChanges<T> {
  return { added, removed: [] };
}

function* byKeys<T>(
  previous: CandidateList<T> | null,
  changes: CandidateChanges<T>,
): Generator<undefined, CandidateList<T>, void> {
  const plain = { added: [] as SubRoute<T>[], removed: [] as SubRoute<T>[] };
  const keyed = new KeyedChanges<T>();
  let count = 0;
  for (const kind of ['removed', 'added'] as const) {
    for (const candidate of changes[kind]) {
      if (!keyed.note(candidate, kind)) plain[kind].push(candidate);
      if (++count % CHANGES_PER_SLICE === 0) yield;
    }
  }
  return new CandidateList(
    yield* withChanges(previous?.plain ?? [], plain),
    yield* (previous?.keyed ?? new KeyedCandidates<T>([])).next(keyed),
  );
}
