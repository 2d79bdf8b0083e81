import type { PluginHandlers } from '../../plugin/plugin.ts';
import type { PersistentMap } from '../../snapshot/persistent-map.ts';
import type { Chain, ChainSlot, PluginInstance } from './plan.ts';
import { layersOf, sameSlot } from './consumer-lookup.ts';

type Instances = PersistentMap<PluginInstance>;
type Phase = 'access' | 'responseHeaders' | 'responseBody' | 'log';

/**
 * The chain of these slots.
 *
 * @param before kept when the same instances run in it for every consumer
 */
export function followingChain(slots: readonly ChainSlot[], before: Chain | null): Chain {
  const isSame =
    before?.slots.length === slots.length &&
    slots.every((slot, i) => sameSlot(slot, before.slots[i]!));
  return isSame ? before : makeChain(slots);
}

/** A chain of these slots, which are already in the order in which they run. */
function makeChain(slots: readonly ChainSlot[]): Chain {
  const phases = new Set(slots.flatMap((slot) => [...phasesOfSlot(slot)]));
  return {
    slots,
    instances: slots.some((slot) => slot.byConsumer !== null)
      ? null
      : slots.map((slot) => slot.fixed!),
    hasAccess: phases.has('access'),
    hasResponseHeaders: phases.has('responseHeaders'),
    hasResponseBody: phases.has('responseBody'),
    hasLog: phases.has('log'),
  };
}

/** The instances of the chain without route, service and consumer: they run where no route is known. */
export function globalInstances(chain: Chain): readonly PluginInstance[] {
  if (chain.instances !== null) return chain.instances;
  const running: PluginInstance[] = [];
  for (const { fixed } of chain.slots) if (fixed !== null) running.push(fixed);
  return running;
}

function* phasesOfSlot(slot: ChainSlot): Generator<Phase> {
  if (slot.fixed !== null) yield* phasesOf(slot.fixed.handlers);
  for (const layer of layersOf(slot.byConsumer)) yield* phasesOfAll(layer);
}

/** Kept for each map: thousands of routes may share one with thousands of consumers. */
const known = new WeakMap<Instances, ReadonlySet<Phase>>();

function phasesOfAll(instances: Instances): ReadonlySet<Phase> {
  let phases = known.get(instances);
  if (phases === undefined) {
    const found = new Set<Phase>();
    for (const piece of instances.pieces()) {
      for (const { handlers } of piece.values()) {
        for (const phase of phasesOf(handlers)) found.add(phase);
      }
    }
    known.set(instances, (phases = found));
  }
  return phases;
}

function* phasesOf(handlers: PluginHandlers): Generator<Phase> {
  if (handlers.access !== undefined) yield 'access';
  if (handlers.responseHeaders !== undefined) yield 'responseHeaders';
  if (handlers.responseBody !== undefined) yield 'responseBody';
  if (handlers.log !== undefined) yield 'log';
}
