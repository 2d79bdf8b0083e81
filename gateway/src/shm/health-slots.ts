import {
  ENDED,
  FREED,
  FULL_COUNT,
  SLOT_WORDS,
  STATE,
  TARGET,
  TICK,
  UNTOUCHED,
  USED,
  type HealthLayout,
} from './health-memory.ts';

/** Slots that are looked at for one key. */
const PROBES = 64;

/** Ticks without use after which a slot is taken from its key. */
const UNUSED_TICKS = 4;

/**
 * Which slot belongs to which key. Threads claim slots by compare-and-exchange as they need them and
 * say at every tick which ones they use; one thread sweeps out those that nobody uses. So a slot comes
 * back whether an address left the configuration or DNS, or a thread died.
 *
 * A slot is swept out in two steps, a tick apart, so that whoever looked at it is done with it before
 * somebody else gets it. Claims that race with a sweep may give one key two slots; the first one counts
 * and all move to it when they next claim it, which they do at every tick.
 */
export class HealthSlots {
  readonly #layout: HealthLayout;

  constructor(layout: HealthLayout) {
    this.#layout = layout;
  }

  /**
   * The slot of a key, which is made where there is none, in use from now on.
   *
   * @returns index of its first word, or -1 when there is no place for it
   */
  claim(key: bigint, target: bigint): number {
    const { words, longs } = this.#layout;
    for (;;) {
      const found = this.find(key);
      if (found !== -1) {
        this.#use(found);
        if (Atomics.load(longs, found >> 1) === key) return found;
        continue;
      }
      const free = this.#free(key);
      if (free === -1) {
        Atomics.add(words, FULL_COUNT, 1);
        return -1;
      }
      const old = Atomics.load(longs, free >> 1);
      const left = Atomics.load(words, free + STATE);
      if (!isFree(old) || Atomics.compareExchange(longs, free >> 1, old, key) !== old) continue;
      // Something that was told of the one before, by a thread that was stalled all this time.
      if (left !== 0) Atomics.compareExchange(words, free + STATE, left, 0);
      Atomics.store(longs, (free + TARGET) >> 1, target);
      this.#use(free);
    }
  }

  /** The slot of a key, or -1. */
  find(key: bigint): number {
    const { longs } = this.#layout;
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = this.#slot(key, probe);
      const held = Atomics.load(longs, slot >> 1);
      if (held === key) return slot;
      if (held === UNTOUCHED) return -1;
    }
    return -1;
  }

  /** Slots of all addresses of a target. Reads the whole table. */
  *ofTarget(target: bigint): Generator<number, void, void> {
    const { longs } = this.#layout;
    for (const slot of this.#all()) {
      if (Atomics.load(longs, (slot + TARGET) >> 1) !== target) continue;
      if (isTaken(Atomics.load(longs, slot >> 1))) yield slot;
    }
  }

  /** Begins another tick and takes back what nobody uses. For one thread only. */
  sweep(): void {
    const { words, longs } = this.#layout;
    const tick = Atomics.add(words, TICK, 1) + 1;
    for (const slot of this.#all()) {
      const key = Atomics.load(longs, slot >> 1);
      if (isFree(key)) continue;
      const unused = (tick - Atomics.load(words, slot + USED)) | 0;
      if (unused <= UNUSED_TICKS) continue;
      if (key !== ENDED) {
        Atomics.compareExchange(longs, slot >> 1, key, ENDED);
        continue;
      }
      Atomics.store(words, slot + STATE, 0);
      Atomics.store(longs, (slot + TARGET) >> 1, 0n);
      Atomics.store(longs, slot >> 1, FREED);
    }
  }

  /** Slots that belong to a key. Reads the whole table. */
  get used(): number {
    const { longs } = this.#layout;
    let used = 0;
    for (const slot of this.#all()) if (isTaken(Atomics.load(longs, slot >> 1))) used++;
    return used;
  }

  #use(slot: number): void {
    const { words } = this.#layout;
    Atomics.store(words, slot + USED, Atomics.load(words, TICK));
  }

  #free(key: bigint): number {
    const { longs } = this.#layout;
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = this.#slot(key, probe);
      if (isFree(Atomics.load(longs, slot >> 1))) return slot;
    }
    return -1;
  }

  #slot(key: bigint, probe: number): number {
    const { first, slots } = this.#layout;
    return first + ((Number(BigInt.asUintN(32, key)) + probe) & (slots - 1)) * SLOT_WORDS;
  }

  *#all(): Generator<number, void, void> {
    const { first, slots } = this.#layout;
    for (let index = 0; index < slots; index++) yield first + index * SLOT_WORDS;
  }
}

function isFree(key: bigint): boolean {
  return key === UNTOUCHED || key === FREED;
}

function isTaken(key: bigint): boolean {
  return !isFree(key) && key !== ENDED;
}
