import { IndexedRouter } from './indexed-router.ts';
import { emptyIndex, nextIndex } from './router-index.ts';
import type { RouterChanges } from './router-index.ts';
import type { MatchResult, Router, RouterInput } from './router.ts';

/** So many host patterns without routes are always allowed. */
const SPARE_HOSTS = 64;

/**
 * Builds a router. It yields every few microseconds, so that the caller can give the event loop its
 * turns.
 *
 * @param inputs routes, validated; in any order
 * @param previous the router that this one replaces: expressions that it compiled are used again
 */
export function* buildRouter<T>(
  inputs: Iterable<RouterInput<T>>,
  previous?: Router<T>,
): Generator<undefined, Router<T>, void> {
  const known = previous instanceof IndexedRouter ? previous.index.patterns : undefined;
  const changes = { added: inputs, removed: [] };
  return new IndexedRouter(yield* nextIndex(emptyIndex<T>(), changes, known));
}

/**
 * Builds the router that follows another, which stays as it is, at a cost of what changed. The same
 * as `buildRouter(inputs, previous)`, which it is for many changes.
 *
 * @param changes what makes the difference between the routes of `previous` and `inputs`
 */
export function* updateRouter<T>(
  previous: Router<T>,
  changes: RouterChanges<T>,
  inputs: Iterable<RouterInput<T>>,
): Generator<undefined, Router<T>, void> {
  if (!(previous instanceof IndexedRouter)) return yield* buildRouter(inputs);
  const { index } = previous as IndexedRouter<T>;
  // Host patterns without routes stay in the index: from time to time it is made anew.
  const crowded = index.hosts.size > SPARE_HOSTS + 2 * index.hostsInUse;
  if (crowded || changes.added.length + changes.removed.length > index.routes) {
    return yield* buildRouter(inputs, previous);
  }
  return new IndexedRouter(yield* nextIndex(index, changes));
}

/** Builds a router in one go, for callers that need not keep other work going. */
export function buildRouterNow<T>(
  inputs: Iterable<RouterInput<T>>,
  previous?: Router<T>,
): Router<T> {
  return finish(buildRouter(inputs, previous));
}

/** Updates a router in one go. */
export function updateRouterNow<T>(...given: Parameters<typeof updateRouter<T>>): Router<T> {
  return finish(updateRouter(...given));
}

function finish<R>(work: Generator<undefined, R, void>): R {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** An empty result for `match`; one per thread is enough. */
export function createMatchResult<T>(): MatchResult<T> {
  return { target: null, matchedLength: 0, pattern: null };
}
