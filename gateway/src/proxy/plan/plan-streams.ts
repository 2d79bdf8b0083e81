import type { RouteRecord } from '../../snapshot/records.ts';
import type { PersistentMap } from '../../snapshot/persistent-map.ts';
import {
  isStreamRoute,
  StreamRouter,
  type StreamProtocol,
  type StreamQuery,
} from '../router/stream-router.ts';
import type { RoutePlan } from './plan.ts';
import type { Staged } from './staged-changes.ts';

/** Where a connection goes, and as what it is served. */
export interface StreamTarget {
  readonly route: RoutePlan;
  readonly protocol: StreamProtocol;
}

/** The routes of connections. */
export class PlanStreams {
  readonly #router: StreamRouter;
  readonly #plans: PersistentMap<RoutePlan>;

  constructor(router: StreamRouter, plans: PersistentMap<RoutePlan>) {
    this.#router = router;
    this.#plans = plans;
  }

  match(query: StreamQuery): StreamTarget | null {
    const found = this.#router.match(query);
    const route = found === null ? undefined : this.#plans.get(found.routeId);
    return route === undefined ? null : { route, protocol: found!.protocol };
  }

  /** Whether connections may still go to a route that was found before. */
  has(routeId: string): boolean {
    return this.#router.has(routeId);
  }
}

/** The router of connections after the changes: the same where none of them is about one. */
export function* nextStreamRouter(
  previous: StreamRouter,
  staged: Staged<RouteRecord>,
  routes: PersistentMap<RouteRecord>,
): Generator<unknown, StreamRouter, void> {
  for (const [id, record] of staged) {
    const isConcerned = previous.has(id) || (record !== null && isStreamRoute(record));
    if (isConcerned) return yield* StreamRouter.build(allOf(routes));
    yield;
  }
  return previous;
}

function* allOf(routes: PersistentMap<RouteRecord>): Generator<RouteRecord, void, void> {
  for (const piece of routes.pieces()) yield* piece.values();
}
