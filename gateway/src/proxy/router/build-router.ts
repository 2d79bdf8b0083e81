import { IndexedRouter } from './indexed-router.ts';
import { PathPattern } from './path-pattern.ts';
import { sortInSlices } from './sort-in-slices.ts';
import { byPriority, splitRoute } from './split-route.ts';
import type { Draft } from './split-route.ts';
import type { MatchResult, Router, RouterInput } from './router.ts';

const ROUTES_PER_SLICE = 4;
const ENTRIES_PER_SLICE = 16;

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
  const patterns = new Map<string, PathPattern>();
  const known = previous instanceof IndexedRouter ? previous.patterns : patterns;
  const patternOf = (source: string): PathPattern => {
    let pattern = patterns.get(source);
    if (pattern === undefined) {
      pattern = known.get(source) ?? new PathPattern(source);
      patterns.set(source, pattern);
    }
    return pattern;
  };

  const drafts: Draft<T>[] = [];
  const size = { prefixes: 0, wildcards: 0, longestPrefix: 0 };
  let routes = 0;
  for (const input of inputs) {
    for (const draft of splitRoute(input, patternOf)) {
      drafts.push(draft);
      size.prefixes += draft.prefixes.length * (draft.hosts?.length ?? 1);
      for (const host of draft.hosts ?? []) if (host.includes('*')) size.wildcards++;
      for (const prefix of draft.prefixes) {
        size.longestPrefix = Math.max(size.longestPrefix, prefix.length);
      }
    }
    if (++routes % ROUTES_PER_SLICE === 0) yield;
  }

  const sorted = yield* sortInSlices(drafts, byPriority);
  const router = new IndexedRouter<T>(size, patterns);
  let entries = 0;
  for (const [rank, { subRoute, hosts, prefixes }] of sorted.entries()) {
    subRoute.rank = rank;
    for (const host of hosts ?? [null]) {
      for (const prefix of prefixes) {
        router.add(subRoute, host, prefix);
        if (++entries % ENTRIES_PER_SLICE === 0) yield;
      }
    }
  }
  return router;
}

/** Builds a router in one go, for callers that need not keep other work going. */
export function buildRouterNow<T>(
  inputs: Iterable<RouterInput<T>>,
  previous?: Router<T>,
): Router<T> {
  const building = buildRouter(inputs, previous);
  for (;;) {
    const step = building.next();
    if (step.done === true) return step.value;
  }
}

/** An empty result for `match`; one per thread is enough. */
export function createMatchResult<T>(): MatchResult<T> {
  return { target: null, matchedLength: 0, pattern: null };
}
