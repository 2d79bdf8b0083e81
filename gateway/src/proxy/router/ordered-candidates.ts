import { sortInSlices } from './sort-in-slices.ts';
import type { Subject } from './subject.ts';
import { byPriority, precedes } from './sub-route.ts';
import type { SubRoute } from './sub-route.ts';

/** Sub-routes, best first. Never changed, only followed by another list. */
export type Candidates<T> = readonly SubRoute<T>[];

/** Steps from one list to the next. */
export interface CandidateChanges<T> {
  /** By their ids. Only what is there may be removed. */
  readonly removed: Candidates<T>;
  /** Not there, or removed. */
  readonly added: Candidates<T>;
}

/** The list that follows, in small steps when it is long. */
export function* withChanges<T>(
  candidates: Candidates<T>,
  { added, removed }: CandidateChanges<T>,
): Generator<undefined, Candidates<T>, void> {
  let kept = candidates;
  if (removed.length === candidates.length) {
    kept = [];
  } else if (removed.length > 0) {
    const gone = new Set(removed.map((each) => each.id));
    kept = candidates.filter((each) => !gone.has(each.id));
  }
  if (added.length === 0) return kept;
  // Of just the right length: lists that grew by single elements have room for many more.
  const all = kept.concat(added);
  return all.length === 1 ? all : yield* sortInSlices(all, byPriority);
}

/** The first that accepts the request, unless it does not precede `limit`. */
export function firstAccepting<T>(
  candidates: Candidates<T> | undefined,
  subject: Subject,
  limit: SubRoute<T> | null,
): SubRoute<T> | null {
  if (candidates === undefined) return null;
  for (const candidate of candidates) {
    if (limit !== null && !precedes(candidate, limit)) return null;
    if (candidate.accepts(subject)) return candidate;
  }
  return null;
}
