import type { PersistentMap } from '../../snapshot/persistent-map.ts';
import type { MatchResult, RouteQuery, Router } from '../router/router.ts';
import type { RoutePlan } from './plan.ts';

/**
 * Finds the plan of a route. The router itself knows only ids, so that it stays when nothing but
 * services or plugins changed: building one takes far longer than all the rest of a plan.
 */
export class PlanRouter implements Router<RoutePlan> {
  readonly #ids: Router<string>;
  readonly #plans: PersistentMap<RoutePlan>;

  constructor(ids: Router<string>, plans: PersistentMap<RoutePlan>) {
    this.#ids = ids;
    this.#plans = plans;
  }

  match(query: RouteQuery, result: MatchResult<RoutePlan>): void {
    const found = result as MatchResult<string | RoutePlan>;
    this.#ids.match(query, found as MatchResult<string>);
    if (found.target !== null) found.target = this.#plans.get(found.target as string) ?? null;
  }
}
