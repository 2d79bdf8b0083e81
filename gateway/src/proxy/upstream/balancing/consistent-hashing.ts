import type { HashingRecord } from '../../../snapshot/records.ts';
import type { Algorithm, Asking, Choice, Placement, Share } from './algorithm.ts';
import type { Peer } from './balancer.ts';
import { hashInput } from './hash-input.ts';
import { HashRing } from './hash-ring.ts';
import { xxhash32 } from './xxhash32.ts';

/**
 * Sends what hashes alike to the same peer. One that requests may not go to is passed over, as is one
 * where the request has failed already: both go to the next on the ring.
 */
export class ConsistentHashing implements Algorithm {
  readonly #hashing: HashingRecord;
  readonly #targets: number;
  /** What the ring is made of. */
  #shares: readonly Share[] = [];
  /** Made by the first pick: it takes a millisecond for a dozen peers. */
  #ring: HashRing<Share> | null = null;

  /** @param targets of the upstream, those without weight included */
  constructor(hashing: HashingRecord, targets: number) {
    this.#hashing = hashing;
    this.#targets = targets;
  }

  choose(usable: readonly Share[], shares: readonly Share[]): Choice {
    if (shares !== this.#shares) this.#ring = null;
    this.#shares = shares;
    const accepted = usable === shares ? null : new Set(usable);
    return { next: (asking) => this.#next(asking, accepted) };
  }

  /** @param accepted shares that requests may go to; null for all */
  #next(asking: Asking, accepted: ReadonlySet<Share> | null): Peer {
    const placement = this.#placementOf(asking);
    const { tried, hash } = placement;
    const isUsable = (share: Share): boolean => accepted === null || accepted.has(share);
    this.#ring ??= this.#makeRing();
    const share =
      this.#ring.find(hash, (each) => isUsable(each) && !tried.has(each.peer)) ??
      // It has failed everywhere: perhaps not for long.
      this.#ring.find(hash, isUsable)!;
    tried.add(share.peer);
    return share.peer;
  }

  #placementOf(asking: Asking): HashPlacement {
    if (asking.placement instanceof HashPlacement) return asking.placement;
    const { text, cookieLine } = hashInput(this.#hashing.inputs, asking);
    const placement = new HashPlacement(xxhash32(text), cookieLine);
    asking.placement = placement;
    return placement;
  }

  /** In an order that is the same on every node, since it decides where two want the same point. */
  #makeRing(): HashRing<Share> {
    const sorted = [...this.#shares].sort(byPlace);
    return new HashRing(sorted, this.#targets, this.#hashing.slots);
  }
}

function byPlace(a: Share, b: Share): number {
  if (a.place === b.place) return 0;
  return a.place < b.place ? -1 : 1;
}

class HashPlacement implements Placement {
  readonly hash: number;
  readonly responseLines: string;
  readonly tried = new Set<Peer>();

  constructor(hash: number, responseLines: string) {
    this.hash = hash;
    this.responseLines = responseLines;
  }

  ended(): void {}
}
