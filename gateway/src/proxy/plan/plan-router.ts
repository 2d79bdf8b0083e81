import type { PersistentMap } from '../../snapshot/persistent-map.ts';
import type { MatchResult, RouteQuery, Router } from '../router/router.ts';
import type { RoutePlan } from './plan.ts';

/**
 * What the router finds: a route, and the plan of it that was found last. It may outlive its plan until
 * the next request of the route, so that there is at most one old plan for each route.
 */
export class RouteTarget {
  /** Number of the plan router that found `plan`. */
  version = 0;
  plan: RoutePlan | null = null;
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }
}

let versions = 0;

/**
 * Finds the plan of a route. The router itself knows only targets, so that it stays when nothing but
 * services or plugins changed: building one takes far longer than all the rest of a plan. Plans are
 * looked up once for each route: with 10,000 of them a look-up takes 0.3 µs, most of it waiting for
 * memory.
 */
export class PlanRouter implements Router<RoutePlan> {
  readonly #version = ++versions;
  readonly #targets: Router<RouteTarget>;
  readonly #plans: PersistentMap<RoutePlan>;

  constructor(targets: Router<RouteTarget>, plans: PersistentMap<RoutePlan>) {
    this.#targets = targets;
    this.#plans = plans;
  }

  match(query: RouteQuery, result: MatchResult<RoutePlan>): void {
    const found = result as MatchResult<RouteTarget | RoutePlan>;
    this.#targets.match(query, found as MatchResult<RouteTarget>);
    const target = found.target as RouteTarget | null;
    if (target === null) return;
    if (target.version !== this.#version) {
      target.plan = this.#plans.get(target.id) ?? null;
      target.version = this.#version;
    }
    found.target = target.plan;
  }
}
