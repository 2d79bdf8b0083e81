import type { Algorithm, Asking, Choice, Placement, Share } from './algorithm.ts';
import type { Peer } from './balancer.ts';
import { PeerLoad } from './peer-load.ts';

/** How much there is against sending a request to a peer; that with the least gets it. */
type Burden = (load: PeerLoad, weight: number, now: number) => number;

/**
 * The peer with the fewest requests for its weight. Each thread counts its own; since the system
 * shares connections out among threads by chance, what is even in each is even in all.
 */
export const fewestOpen: Burden = ({ open }, weight) => (open + 1) / weight;

/** The peer that has answered soonest for its weight, of late. */
export const lowestLatency: Burden = (load, weight, now) => load.latency(now) / weight;

/**
 * Sends a request to the peer with the least burden. One where it has failed already comes last, when
 * it has failed everywhere.
 */
export class LoadAlgorithm implements Algorithm {
  readonly #burden: Burden;
  readonly #now: () => number;

  /** @param now of the balancer's clock, ms */
  constructor(burden: Burden, now: () => number) {
    this.#burden = burden;
    this.#now = now;
  }

  choose(usable: readonly Share[]): Choice {
    const now = this.#now();
    const known = usable.map(({ peer }) => peer.load).filter((load) => load !== null);
    // One that nobody has tried is neither better nor worse than the others.
    const sum = known.reduce((latency, load) => latency + load.latency(now), 0);
    const mean = known.length === 0 ? null : sum / known.length;
    const loads = usable.map(({ peer }) => (peer.load ??= new PeerLoad(mean, now)));
    // Threads do not all begin with the same one.
    let first = Math.floor(Math.random() * usable.length);
    return {
      next: (asking) => {
        const placement = this.#placementOf(asking);
        const at = this.#now();
        first = (first + 1) % usable.length;
        const index =
          this.#least(usable, loads, first, at, placement.tried) ??
          this.#least(usable, loads, first, at, NOBODY)!;
        const { peer } = usable[index]!;
        placement.moved(peer, loads[index]!, at);
        return peer;
      },
    };
  }

  /** @param first where to look first, so that those that are equal take turns */
  #least(
    usable: readonly Share[],
    loads: readonly PeerLoad[],
    first: number,
    now: number,
    tried: ReadonlySet<Peer>,
  ): number | null {
    let best: number | null = null;
    let least = Infinity;
    for (let step = 0; step < usable.length; step++) {
      const index = (first + step) % usable.length;
      const { peer, weight } = usable[index]!;
      if (tried.has(peer)) continue;
      const burden = this.#burden(loads[index]!, weight, now);
      if (best !== null && burden >= least) continue;
      best = index;
      least = burden;
    }
    return best;
  }

  #placementOf(asking: Asking): LoadPlacement {
    if (asking.placement instanceof LoadPlacement) return asking.placement;
    const placement = new LoadPlacement();
    asking.placement = placement;
    return placement;
  }
}

const NOBODY: ReadonlySet<Peer> = new Set();

class LoadPlacement implements Placement {
  readonly responseLines = '';
  readonly tried = new Set<Peer>();
  #load: PeerLoad | null = null;
  #since = 0;

  /** It goes to this peer, after it has failed where it was. */
  moved(peer: Peer, load: PeerLoad, now: number): void {
    this.ended(now, true);
    this.tried.add(peer);
    this.#load = load;
    this.#since = now;
    load.open++;
  }

  ended(at: number, failed: boolean): void {
    const load = this.#load;
    if (load === null) return;
    this.#load = null;
    load.open--;
    if (failed) load.failed(at - this.#since, at);
    else load.answered(at - this.#since, at);
  }
}
