import { PersistentMap } from '../../snapshot/persistent-map.ts';
import type { MapEdit } from '../../snapshot/persistent-map.ts';
import { followingChain } from './chain.ts';
import type { Chain, ChainSlot, PluginInstance } from './plan.ts';
import type { InstanceChange } from './plugin-instance.ts';
import { PluginScopes, PluginScopesEdit } from './plugin-scopes.ts';

/** Routes whose chain may be another than before. */
export interface ChangedChains {
  readonly all: boolean;
  readonly routes: ReadonlySet<string>;
  /** All routes of these services. */
  readonly services: ReadonlySet<string>;
}

/** What either of two says. */
export function changedInEither(a: ChangedChains, b: ChangedChains): ChangedChains {
  if (a === NOTHING_CHANGED || b === NOTHING_CHANGED) return a === NOTHING_CHANGED ? b : a;
  return {
    all: a.all || b.all,
    routes: a.routes.union(b.routes),
    services: a.services.union(b.services),
  };
}

const CHANGES_PER_SLICE = 16;
const NOTHING_CHANGED: ChangedChains = { all: false, routes: new Set(), services: new Set() };

/**
 * The chains of one configuration. Routes to which the same instances apply share one chain object,
 * and a chain that holds what it held in the configuration before stays the same object.
 */
export class Chains {
  /** What runs for a request without a route. */
  readonly global: Chain;
  /** Global instances that take part in the rewrite phase. */
  readonly rewriters: readonly PluginInstance[];
  /** In the order in which they run. */
  readonly #plugins: readonly PluginScopes[];
  /** By service, when that has instances of its own, else under the empty string. */
  readonly #shared: MapEdit<Chain>;

  private constructor(
    plugins: readonly PluginScopes[],
    shared: PersistentMap<Chain>,
    global: Chain | null,
  ) {
    this.#plugins = plugins;
    this.#shared = shared.edit();
    const instances = plugins.map((plugin) => plugin.global).filter((it) => it !== null);
    const slots = instances.map((fixed) => ({ fixed, byConsumer: null }));
    this.global = followingChain(slots, global);
    this.rewriters = instances.filter((instance) => instance.handlers.rewrite !== undefined);
  }

  /** The chains of a configuration without plugins. */
  static none(): Chains {
    return new Chains([], PersistentMap.ofIds(), null);
  }

  /** Whether some instance wants requests counted by consumer. */
  get countsByConsumer(): boolean {
    return this.#plugins.some((plugin) => plugin.countsByConsumer);
  }

  /**
   * The chain of a route and its service (null when it has none).
   *
   * @param before the chain that the route had so far
   */
  for(route: string, service: string | null, before: Chain | null = null): Chain {
    if (this.#plugins.some((plugin) => plugin.hasRoute(route))) {
      return followingChain(this.#slots(route, service), before);
    }
    const ownService =
      service !== null && this.#plugins.some((plugin) => plugin.hasService(service));
    const key = ownService ? service : '';
    let chain = this.#shared.get(key);
    if (chain === undefined) {
      chain = followingChain(this.#slots(route, service), before);
      this.#shared.set(key, chain);
    }
    return chain;
  }

  /** The chains that follow, and for which routes to ask for them. */
  *next(
    changes: readonly InstanceChange[],
  ): Generator<void, { chains: Chains; changed: ChangedChains }, void> {
    if (changes.length === 0) return { chains: this, changed: NOTHING_CHANGED };
    const changed = yield* changedChains(changes);
    const plugins = yield* nextPlugins(this.#plugins, changes);
    const shared = changed.all ? PersistentMap.ofIds<Chain>().edit() : this.#shared.done().edit();
    for (const service of changed.services) {
      shared.delete(service);
      yield;
    }
    return { chains: new Chains(plugins, shared.done(), this.global), changed };
  }

  #slots(route: string, service: string | null): ChainSlot[] {
    const slots: ChainSlot[] = [];
    for (const plugin of this.#plugins) {
      const slot = plugin.slot(route, service);
      if (slot !== null) slots.push(slot);
    }
    return slots;
  }
}

function* changedChains(changes: readonly InstanceChange[]): Generator<void, ChangedChains, void> {
  const routes = new Set<string>();
  const services = new Set<string>();
  let all = false;
  let count = 0;
  for (const { before, after } of changes) {
    for (const instance of [before, after]) {
      if (instance === null) continue;
      const { route, service } = instance.info;
      if (route !== null) routes.add(route);
      else if (service !== null) services.add(service);
      else all = true;
    }
    if (++count % CHANGES_PER_SLICE === 0) yield;
  }
  return { all, routes, services };
}

function* nextPlugins(
  previous: readonly PluginScopes[],
  changes: readonly InstanceChange[],
): Generator<void, readonly PluginScopes[], void> {
  const plugins = new Map(previous.map((scopes) => [scopes.name, scopes]));
  const edits = new Map<string, PluginScopesEdit>();
  const editOf = ({ info: { name }, priority }: PluginInstance): PluginScopesEdit => {
    let edit = edits.get(name);
    if (edit === undefined) {
      edit = new PluginScopesEdit(plugins.get(name) ?? new PluginScopes(name, priority));
      edits.set(name, edit);
    }
    return edit;
  };
  // First what makes room: scopes may pass from one instance to another.
  for (const { before, after } of changes) {
    if (before !== null && !isInPlace(before, after)) editOf(before).remove(before);
    yield;
  }
  for (const { before, after } of changes) {
    if (after !== null) {
      if (before !== null && isInPlace(before, after)) editOf(after).replace(before, after);
      else editOf(after).add(after);
    }
    yield;
  }
  for (const [name, edit] of edits) {
    const scopes = edit.done();
    if (scopes.isEmpty) plugins.delete(name);
    else plugins.set(name, scopes);
    yield;
  }
  return [...plugins.values()].sort(runsBefore);
}

/** Whether one instance takes the place of another with the same scope. */
function isInPlace(before: PluginInstance | null, after: PluginInstance | null): boolean {
  if (before === null || after === null) return false;
  const [a, b] = [before.info, after.info];
  return (
    a.name === b.name && a.route === b.route && a.service === b.service && a.consumer === b.consumer
  );
}

/** Priority descending, then name descending. */
function runsBefore(a: PluginScopes, b: PluginScopes): number {
  return b.priority - a.priority || (a.name < b.name ? 1 : -1);
}
