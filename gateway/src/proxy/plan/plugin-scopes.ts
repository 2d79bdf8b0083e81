import type { ChainSlot, ConsumerLookup, PluginInstance } from './plan.ts';

/** Instances of one plugin bound to the same route and service (either may be none). */
interface Scope {
  /** The instance for every consumer. */
  all: PluginInstance | null;
  byConsumer: Map<string, PluginInstance> | null;
}

/**
 * The instances of one plugin name, from which at most one runs for a request. Order of precedence:
 * route+service+consumer, route+consumer, service+consumer, route+service, consumer, route,
 * service, global.
 */
export class PluginScopes {
  readonly name: string;
  readonly priority: number;
  /** Routes and services that have instances of their own. */
  readonly routes = new Set<string>();
  readonly services = new Set<string>();
  readonly #scopes = new Map<string, Scope>();

  constructor(name: string, priority: number) {
    this.name = name;
    this.priority = priority;
  }

  add(instance: PluginInstance): void {
    const { route, service, consumer } = instance.info;
    if (route !== null) this.routes.add(route);
    if (service !== null) this.services.add(service);
    const key = scopeKey(route, service);
    let scope = this.#scopes.get(key);
    if (scope === undefined) this.#scopes.set(key, (scope = { all: null, byConsumer: null }));
    if (consumer === null) scope.all = instance;
    else (scope.byConsumer ??= new Map()).set(consumer, instance);
  }

  /** Takes over maps that hold just what ours hold, so that slots made of them compare equal. */
  adopt(previous: PluginScopes): void {
    for (const [key, scope] of this.#scopes) {
      const before = previous.#scopes.get(key)?.byConsumer;
      if (scope.byConsumer !== null && before != null && sameEntries(scope.byConsumer, before)) {
        scope.byConsumer = before;
      }
    }
  }

  /** The instance for every request, with or without a route. */
  get global(): PluginInstance | null {
    return this.#scopes.get(scopeKey(null, null))?.all ?? null;
  }

  /** What may run for a route of a service; null when nothing applies. */
  slot(route: string | null, service: string | null): ChainSlot | null {
    const both = route && service ? this.#scopes.get(scopeKey(route, service)) : undefined;
    const ofRoute = route ? this.#scopes.get(scopeKey(route, null)) : undefined;
    const ofService = service ? this.#scopes.get(scopeKey(null, service)) : undefined;
    const ofAll = this.#scopes.get(scopeKey(null, null));
    const fixed = both?.all ?? ofRoute?.all ?? ofService?.all ?? ofAll?.all ?? null;
    const layers = [both?.byConsumer, ofRoute?.byConsumer, ofService?.byConsumer];
    // An instance for this route and service comes before one for the consumer alone.
    if (both?.all == null) layers.push(ofAll?.byConsumer);
    const byConsumer = lookup(layers.filter((layer) => layer != null));
    return fixed === null && byConsumer === null ? null : { fixed, byConsumer };
  }
}

/** Looks in one map after the other. Merging them would cost a copy for each route. */
class LayeredLookup implements ConsumerLookup {
  readonly layers: readonly ReadonlyMap<string, PluginInstance>[];

  constructor(layers: readonly ReadonlyMap<string, PluginInstance>[]) {
    this.layers = layers;
  }

  get(consumerId: string): PluginInstance | undefined {
    for (const layer of this.layers) {
      const instance = layer.get(consumerId);
      if (instance !== undefined) return instance;
    }
    return undefined;
  }
}

function lookup(layers: Map<string, PluginInstance>[]): ConsumerLookup | null {
  if (layers.length === 0) return null;
  return layers.length === 1 ? layers[0]! : new LayeredLookup(layers);
}

/** The maps behind a lookup, most specific first. */
export function layersOf(
  lookup: ConsumerLookup | null,
): readonly ReadonlyMap<string, PluginInstance>[] {
  if (lookup === null) return [];
  if (lookup instanceof LayeredLookup) return lookup.layers;
  return [lookup as ReadonlyMap<string, PluginInstance>];
}

export function sameSlot(a: ChainSlot, b: ChainSlot): boolean {
  if (a.fixed !== b.fixed) return false;
  const ours = layersOf(a.byConsumer);
  const theirs = layersOf(b.byConsumer);
  return ours.length === theirs.length && ours.every((layer, i) => layer === theirs[i]);
}

function scopeKey(route: string | null, service: string | null): string {
  return `${route ?? ''}/${service ?? ''}`;
}

function sameEntries<T>(a: ReadonlyMap<string, T>, b: ReadonlyMap<string, T>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (b.get(key) !== value) return false;
  return true;
}
