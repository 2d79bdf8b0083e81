import {
  CLAIMED,
  END,
  FREE,
  GRACE_SECONDS,
  HIGH,
  LOW,
  PUBLISHED,
  SLOTS_PER_BUCKET,
  SLOT_WORDS,
  STATE,
  VERSION,
  ZERO,
  counterLayout,
} from './counter-memory.ts';

/*
 * Why the counts are exact.
 *
 * A window lives in one slot of the bucket that its hash names. The end of the window and the count
 * are one 64-bit word, and every change of a count is a compare-and-exchange of that word.
 *
 * 1. A slot changes hands only by CLAIM: an exchange of its word that sets a strictly later end. So
 *    no word that ever stood in a published slot comes back after it changed hands, and an exchange
 *    that succeeds proves that the slot did not change hands since its end was read. A thread may
 *    therefore be stalled anywhere, for any time: its exchange fails if the slot went to another key.
 * 2. The hash is written while the state is CLAIMED and read after the end. With 1, whoever exchanges
 *    a count did so in the slot of its own window.
 * 3. PUBLISH, an exchange of the bucket's header, makes a slot a member. The publisher read the
 *    header, found no member of the same window, and the header (whose version grows with each
 *    change) was still the same: so a window is never in two slots. Only then CLAIMED becomes a
 *    count, by whoever comes first, so that nobody waits for a thread that died.
 *
 * Halves of a word are read one by one. A pair that never stood together makes the exchange fail.
 * A thread that dies between CLAIM and PUBLISH takes its slot with it; nothing else is lost.
 */
export class CounterSlots {
  readonly words: Int32Array;
  readonly #longs: BigInt64Array;
  readonly #bucketMask: number;
  readonly #headers: number;
  readonly #slots: number;
  // A 64-bit operand is written here in halves, which spares the arithmetic on BigInts.
  readonly #halves = new Int32Array(4);
  readonly #operands = new BigInt64Array(this.#halves.buffer);

  constructor(memory: SharedArrayBuffer) {
    const layout = counterLayout(memory);
    this.words = layout.words;
    this.#longs = layout.longs;
    this.#bucketMask = layout.buckets - 1;
    this.#headers = layout.headers;
    this.#slots = layout.slots;
  }

  /** Slot of a window that counts, else -1. `end` in seconds, as a signed word. */
  find(low: number, high: number, end: number): number {
    const words = this.words;
    const base = this.#base(low);
    // Where to begin differs by key, so that most windows are found at the first look.
    const first = high >>> 27;
    for (let i = 0; i < SLOTS_PER_BUCKET; i++) {
      const slot = base + ((first + i) & (SLOTS_PER_BUCKET - 1)) * SLOT_WORDS;
      // Only a hint: what decides is read again, in order, below.
      if (words[slot] !== low || words[slot + HIGH] !== high) continue;
      if (Atomics.load(words, slot + END) !== end) continue;
      if (words[slot + LOW] !== low || words[slot + HIGH] !== high) continue;
      if (words[slot + STATE]! >>> 0 >= ZERO) return slot;
    }
    return -1;
  }

  /**
   * Slot of a window, which is made where there is none.
   *
   * @param now seconds since the epoch
   * @returns -1 when the bucket is full
   */
  findOrInsert(low: number, high: number, end: number, now: number): number {
    const words = this.words;
    const header = this.#headers + (low & this.#bucketMask) * 2;
    const base = this.#base(low);
    const claimed = this.#claim(base, high >>> 27, end, now);
    // Somebody may have made this window with the last slot.
    if (claimed === -1) return this.find(low, high, end);
    const bit = 1 << ((claimed - base) / SLOT_WORDS);

    // The window that had the slot is no longer a member.
    for (;;) {
      const version = Atomics.load(words, header + VERSION);
      const published = Atomics.load(words, header + PUBLISHED);
      if ((published & bit) === 0) break;
      if (this.#exchange(header, published, version, published & ~bit, version + 1)) break;
    }
    Atomics.store(words, claimed + LOW, low);
    Atomics.store(words, claimed + HIGH, high);

    for (;;) {
      const version = Atomics.load(words, header + VERSION);
      const published = Atomics.load(words, header + PUBLISHED);
      const member = this.#member(base, published, low, high, end);
      if (member !== -1) {
        if (Atomics.load(words, header + VERSION) !== version) continue;
        Atomics.store(words, claimed + STATE, FREE);
        this.#exchange(member + END, end, CLAIMED, end, ZERO);
        return member;
      }
      if (this.#exchange(header, published, version, published | bit, version + 1)) {
        this.#exchange(claimed + END, end, CLAIMED, end, ZERO);
        return claimed;
      }
    }
  }

  /** Changes a state if nothing happened to the slot. `end`, `from`, `to` as signed words. */
  exchangeState(slot: number, end: number, from: number, to: number): boolean {
    return this.#exchange(slot + END, end, from, end, to);
  }

  /** Takes a slot that is free or whose window is long over; -1 when there is none. */
  #claim(base: number, first: number, end: number, now: number): number {
    const words = this.words;
    for (let i = 0; i < SLOTS_PER_BUCKET; i++) {
      const slot = base + ((first + i) & (SLOTS_PER_BUCKET - 1)) * SLOT_WORDS;
      const oldEnd = Atomics.load(words, slot + END);
      const state = Atomics.load(words, slot + STATE);
      if (state === CLAIMED || oldEnd >>> 0 >= end >>> 0) continue;
      if (state !== FREE && (oldEnd >>> 0) + GRACE_SECONDS > now) continue;
      if (this.#exchange(slot + END, oldEnd, state, end, CLAIMED)) return slot;
    }
    return -1;
  }

  /** The published slot of a window, whether it counts already or is about to. */
  #member(base: number, published: number, low: number, high: number, end: number): number {
    const words = this.words;
    for (let i = 0; i < SLOTS_PER_BUCKET; i++) {
      if (((published >>> i) & 1) === 0) continue;
      const slot = base + i * SLOT_WORDS;
      if (Atomics.load(words, slot + LOW) !== low) continue;
      if (Atomics.load(words, slot + HIGH) !== high) continue;
      if (Atomics.load(words, slot + END) === end) return slot;
    }
    return -1;
  }

  #base(low: number): number {
    return this.#slots + (low & this.#bucketMask) * SLOTS_PER_BUCKET * SLOT_WORDS;
  }

  /** Compares and exchanges the 64 bits at an even index, given as two words each. */
  #exchange(at: number, from0: number, from1: number, to0: number, to1: number): boolean {
    const halves = this.#halves;
    halves[0] = from0;
    halves[1] = from1;
    halves[2] = to0;
    halves[3] = to1;
    const expected = this.#operands[0]!;
    return Atomics.compareExchange(this.#longs, at >> 1, expected, this.#operands[1]!) === expected;
  }
}
