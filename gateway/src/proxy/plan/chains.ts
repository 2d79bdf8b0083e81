import { makeChain, sameChain } from './chain.ts';
import type { Chain, ChainSlot, PluginInstance } from './plan.ts';
import { PluginScopes } from './plugin-scopes.ts';

/**
 * Makes the chains of one configuration, pausing between instances.
 *
 * @param instances every configured instance
 * @param previous the chains in use so far, from which unchanged ones are taken
 */
export function* buildChains(
  instances: Iterable<PluginInstance>,
  previous: Chains | null,
): Generator<void, Chains, void> {
  const plugins = new Map<string, PluginScopes>();
  for (const instance of instances) {
    const { name } = instance.info;
    let scopes = plugins.get(name);
    if (scopes === undefined) {
      plugins.set(name, (scopes = new PluginScopes(name, instance.priority)));
    }
    scopes.add(instance);
    yield;
  }
  return new Chains([...plugins.values()].sort(runsBefore), previous);
}

/**
 * The chains of one configuration. Routes to which the same instances apply share one chain object,
 * and a chain that holds what it held in the configuration before stays the same object.
 */
export class Chains {
  /** What runs for a request without a route. */
  readonly global: Chain;
  /** Global instances that take part in the rewrite phase. */
  readonly rewriters: readonly PluginInstance[];
  readonly #plugins: readonly PluginScopes[];
  readonly #chains = new Map<string, Chain>();
  #previous: Chains | null;

  /** @param plugins in the order in which they run */
  constructor(plugins: readonly PluginScopes[], previous: Chains | null) {
    this.#plugins = plugins;
    this.#previous = previous;
    for (const before of previous === null ? [] : previous.#plugins) {
      plugins.find((plugin) => plugin.name === before.name)?.adopt(before);
    }
    const instances = plugins.map((plugin) => plugin.global).filter((it) => it !== null);
    this.global = keepIfSame(
      makeChain(instances.map((fixed) => ({ fixed, byConsumer: null }))),
      previous?.global,
    );
    this.rewriters = instances.filter((instance) => instance.handlers.rewrite !== undefined);
  }

  /** The chain of a route and its service (null when it has none). */
  for(route: string, service: string | null): Chain {
    const ownRoute = this.#plugins.some((plugin) => plugin.routes.has(route));
    const ownService =
      service !== null && this.#plugins.some((plugin) => plugin.services.has(service));
    const key = `${ownRoute ? route : ''}/${ownService ? service : ''}`;
    let chain = this.#chains.get(key);
    if (chain === undefined) {
      const previous = this.#previous === null ? undefined : this.#previous.#chains.get(key);
      chain = keepIfSame(makeChain(this.#slots(route, service)), previous);
      this.#chains.set(key, chain);
    }
    return chain;
  }

  /** Lets go of the previous chains. Call when every route has its chain. */
  seal(): void {
    this.#previous = null;
  }

  #slots(route: string, service: string | null): ChainSlot[] {
    return this.#plugins
      .map((plugin) => plugin.slot(route, service))
      .filter((slot) => slot !== null);
  }
}

function keepIfSame(chain: Chain, previous: Chain | undefined): Chain {
  return previous !== undefined && sameChain(chain, previous) ? previous : chain;
}

/** Priority descending, then name descending. */
function runsBefore(a: PluginScopes, b: PluginScopes): number {
  return b.priority - a.priority || (a.name < b.name ? 1 : -1);
}
