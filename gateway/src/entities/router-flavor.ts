/** Kong's names for the languages that routes are written in. */
export type RouterFlavor = 'traditional_compatible' | 'expressions';

let chosen: RouterFlavor = 'traditional_compatible';

/**
 * Decides for the whole program which fields routes have. Said once, before the first configuration is
 * read: what was accepted in one language may mean nothing in the other.
 */
export function chooseRouterFlavor(flavor: RouterFlavor): void {
  chosen = flavor;
}

/** Whether routes may have expressions. */
export function hasExpressions(): boolean {
  return chosen === 'expressions';
}
