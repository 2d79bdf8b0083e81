import type { SubRoute } from './sub-route.ts';

/** A sub-route while the router is built: with what it is found by. */
export interface Draft<T> {
  readonly subRoute: SubRoute<T>;
  /** Host patterns as in the route; null for any host. */
  readonly hosts: readonly string[] | null;
  /** What the path starts with, in wire form: one of these. */
  readonly prefixes: readonly string[];
}
