import type { PersistentMap } from '../../snapshot/persistent-map.ts';
import type { ChainSlot, ConsumerLookup, PluginInstance } from './plan.ts';

/** Instances by consumer. */
type Layer = PersistentMap<PluginInstance>;

/** Looks in one map after the other. Merging them would cost a copy for each route. */
class LayeredLookup implements ConsumerLookup {
  readonly layers: readonly Layer[];

  constructor(layers: readonly Layer[]) {
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

/** Looks in all of these; null when there are none. */
export function lookup(layers: readonly Layer[]): ConsumerLookup | null {
  if (layers.length === 0) return null;
  return layers.length === 1 ? layers[0]! : new LayeredLookup(layers);
}

/** The maps behind a lookup, most specific first. */
export function layersOf(lookup: ConsumerLookup | null): readonly Layer[] {
  if (lookup === null) return [];
  if (lookup instanceof LayeredLookup) return lookup.layers;
  return [lookup as Layer];
}

export function sameSlot(a: ChainSlot, b: ChainSlot): boolean {
  if (a.fixed !== b.fixed) return false;
  const ours = layersOf(a.byConsumer);
  const theirs = layersOf(b.byConsumer);
  return ours.length === theirs.length && ours.every((layer, i) => layer === theirs[i]);
}
