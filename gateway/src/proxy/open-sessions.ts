/** A stream that a route has let in. */
export interface RouteSession {
  /** Null for one that found no route. */
  readonly routeId: string | null;
  /** There is no such route any more. */
  routeGone(): void;
}

/** The open streams of a thread, by route. */
export class OpenSessions {
  readonly #byRoute = new Map<string | null, Set<RouteSession>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(session: RouteSession): void {
    const { routeId } = session;
    const others = this.#byRoute.get(routeId);
    if (others === undefined) this.#byRoute.set(routeId, new Set([session]));
    else others.add(session);
    this.#size++;
  }

  delete(session: RouteSession): void {
    const { routeId } = session;
    const all = this.#byRoute.get(routeId);
    if (all?.delete(session) !== true) return;
    this.#size--;
    if (all.size === 0) this.#byRoute.delete(routeId);
  }

  /** Tells those whose route is not there any more. */
  follow(routes: { has(routeId: string): boolean }): void {
    for (const [routeId, sessions] of [...this.#byRoute]) {
      if (routeId === null || routes.has(routeId)) continue;
      for (const session of [...sessions]) session.routeGone();
    }
  }
}
