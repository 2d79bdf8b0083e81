import { PersistentMap } from '../../snapshot/persistent-map.ts';
import type { MapEdit } from '../../snapshot/persistent-map.ts';
import { lookup } from './consumer-lookup.ts';
import type { ChainSlot, PluginInstance } from './plan.ts';

type ByConsumer = PersistentMap<PluginInstance>;

/** Instances of one plugin bound to the same route and service (either may be none). */
interface Scope {
  /** The instance for every consumer. */
  readonly all: PluginInstance | null;
  readonly byConsumer: ByConsumer | null;
}

/** What the scopes of one plugin hold. */
interface Contents {
  readonly scopes: PersistentMap<Scope>;
  /** How many instances there are for a route. */
  readonly routes: PersistentMap<number>;
  /** The same for a service, without those for one of its routes. */
  readonly services: PersistentMap<number>;
  /** How many instances there are for a route together with a service. */
  readonly pairs: number;
  /** How many instances want requests counted by consumer. */
  readonly counting: number;
}

const EMPTY: Contents = {
  scopes: PersistentMap.ofTexts(),
  routes: PersistentMap.ofIds(),
  services: PersistentMap.ofIds(),
  pairs: 0,
  counting: 0,
};

/**
 * The instances of one plugin name, from which at most one runs for a request. Order of precedence:
 * route+service+consumer, route+consumer, service+consumer, route+service, consumer, route,
 * service, global. Never changed, only followed.
 */
export class PluginScopes {
  readonly name: string;
  readonly priority: number;
  readonly contents: Contents;
  /** What is bound to neither route nor service. */
  readonly #everywhere: Scope | undefined;

  constructor(name: string, priority: number, contents: Contents = EMPTY) {
    this.name = name;
    this.priority = priority;
    this.contents = contents;
    this.#everywhere = this.#scope(null, null);
  }

  get isEmpty(): boolean {
    return this.contents.scopes.size === 0;
  }

  get countsByConsumer(): boolean {
    return this.contents.counting > 0;
  }

  /** Whether a route has instances of its own. */
  hasRoute(route: string): boolean {
    return this.contents.routes.has(route);
  }

  /** Whether a service has instances for all its routes. */
  hasService(service: string): boolean {
    return this.contents.services.has(service);
  }

  /** The instance for every request, with or without a route. */
  get global(): PluginInstance | null {
    return this.#everywhere?.all ?? null;
  }

  /** What may run for a route of a service; null when nothing applies. */
  slot(route: string, service: string | null): ChainSlot | null {
    const isPaired = service !== null && this.contents.pairs > 0;
    const both = isPaired ? this.#scope(route, service) : undefined;
    const ofRoute = this.hasRoute(route) ? this.#scope(route, null) : undefined;
    const isOwn = service !== null && this.hasService(service);
    const ofService = isOwn ? this.#scope(null, service) : undefined;
    const ofAll = this.#everywhere;
    const fixed = both?.all ?? ofRoute?.all ?? ofService?.all ?? ofAll?.all ?? null;
    const layers = [both?.byConsumer, ofRoute?.byConsumer, ofService?.byConsumer];
    // An instance for this route and service comes before one for the consumer alone.
    if (both?.all == null) layers.push(ofAll?.byConsumer);
    const byConsumer = lookup(layers.filter((layer) => layer != null));
    return fixed === null && byConsumer === null ? null : { fixed, byConsumer };
  }

  #scope(route: string | null, service: string | null): Scope | undefined {
    return this.contents.scopes.get(scopeKey(route, service));
  }
}

/** The next version of the scopes of a plugin while it is made. */
export class PluginScopesEdit {
  readonly #from: PluginScopes;
  readonly #scopes: MapEdit<Scope>;
  readonly #routes: MapEdit<number>;
  readonly #services: MapEdit<number>;
  #pairs: number;
  #counting: number;
  readonly #byConsumer = new Map<string, MapEdit<PluginInstance>>();

  constructor(from: PluginScopes) {
    const { scopes, routes, services, pairs, counting } = from.contents;
    this.#from = from;
    this.#scopes = scopes.edit();
    this.#routes = routes.edit();
    this.#services = services.edit();
    this.#pairs = pairs;
    this.#counting = counting;
  }

  add(instance: PluginInstance): void {
    this.#put(instance, instance);
    this.#count(instance, 1);
  }

  /** Before another takes its place. */
  remove(instance: PluginInstance): void {
    this.#put(instance, null);
    this.#count(instance, -1);
  }

  /** For instances of the same scope. */
  replace(before: PluginInstance, after: PluginInstance): void {
    this.#put(after, after);
    this.#counting += counting(after) - counting(before);
  }

  done(): PluginScopes {
    for (const [key, edit] of this.#byConsumer) {
      const { all } = this.#scopes.get(key)!;
      const byConsumer = edit.done();
      if (all === null && byConsumer.size === 0) this.#scopes.delete(key);
      else this.#scopes.set(key, { all, byConsumer: byConsumer.size === 0 ? null : byConsumer });
    }
    return new PluginScopes(this.#from.name, this.#from.priority, {
      scopes: this.#scopes.done(),
      routes: this.#routes.done(),
      services: this.#services.done(),
      pairs: this.#pairs,
      counting: this.#counting,
    });
  }

  #put({ info: { route, service, consumer } }: PluginInstance, value: PluginInstance | null): void {
    const key = scopeKey(route, service);
    const scope = this.#scopes.get(key) ?? { all: null, byConsumer: null };
    if (consumer === null) {
      const isLast = value === null && scope.byConsumer === null && !this.#byConsumer.has(key);
      if (isLast) this.#scopes.delete(key);
      else this.#scopes.set(key, { ...scope, all: value });
      return;
    }
    let edit = this.#byConsumer.get(key);
    if (edit === undefined) {
      edit = (scope.byConsumer ?? PersistentMap.ofIds<PluginInstance>()).edit();
      this.#byConsumer.set(key, edit);
      this.#scopes.set(key, scope);
    }
    if (value === null) edit.delete(consumer);
    else edit.set(consumer, value);
  }

  #count(instance: PluginInstance, delta: 1 | -1): void {
    const { route, service } = instance.info;
    this.#counting += delta * counting(instance);
    if (route !== null && service !== null) this.#pairs += delta;
    if (route !== null) countIn(this.#routes, route, delta);
    else if (service !== null) countIn(this.#services, service, delta);
  }
}

function counting({ handlers }: PluginInstance): number {
  return handlers.countsByConsumer === true ? 1 : 0;
}

function countIn(counts: MapEdit<number>, key: string, delta: number): void {
  const count = (counts.get(key) ?? 0) + delta;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}

function scopeKey(route: string | null, service: string | null): string {
  return `${route ?? ''}/${service ?? ''}`;
}
