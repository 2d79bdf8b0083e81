import { FULL_COUNT, healthLayout, STATE, VERSION } from './health-memory.ts';
import { HealthSlots } from './health-slots.ts';
import {
  afterFailure,
  afterSuccess,
  HEALTHY,
  isHealthy,
  UNHEALTHY,
  type FailureKind,
} from './health-state.ts';
import { KeyHash } from './key-hash.ts';

export { createHealthMemory } from './health-memory.ts';
export { HTTP_FAILURE, TCP_FAILURE, TIMEOUT } from './health-state.ts';

/** How often holders of slots have to claim them again, ms. */
export const HEALTH_TICK_MS = 30_000;

/** An address that a target stands for. */
export interface CheckedAddress {
  readonly upstreamId: string;
  /** Host and port of the target as configured, the host without brackets. */
  readonly host: string;
  readonly port: number;
  /** Where requests go. IPv6 without brackets, in its short form. */
  readonly ip: string;
  readonly ipPort: number;
}

/** What an address is found by. */
export interface HealthKey {
  readonly key: bigint;
  readonly target: bigint;
}

export interface HealthUsage {
  readonly slots: number;
  /** Slots that hold the health of an address. */
  readonly used: number;
  /** Times that an address found no slot since the memory was made. */
  readonly full: number;
}

/**
 * One thread's view of the health of targets, which all threads of a node share: what one thread finds
 * out, and what an operator says, holds for all at once. Changes are lock-free; no count is lost.
 */
export class TargetHealth {
  readonly #words: Int32Array;
  readonly #slots: HealthSlots;
  readonly #hash: KeyHash;
  readonly #size: number;

  /** @param memory made by `createHealthMemory` */
  constructor(memory: SharedArrayBuffer) {
    const layout = healthLayout(memory);
    this.#words = layout.words;
    this.#size = layout.slots;
    this.#slots = new HealthSlots(layout);
    this.#hash = new KeyHash(layout.seed0, layout.seed1);
  }

  /** Another than before when a target has become healthy or unhealthy since. */
  get version(): number {
    return Atomics.load(this.#words, VERSION);
  }

  keyOf({ upstreamId, host, port, ip, ipPort }: CheckedAddress): HealthKey {
    const target = `${upstreamId} ${host} ${port}`;
    return { key: this.#hashOf(`${target} ${ip} ${ipPort}`), target: this.#hashOf(target) };
  }

  /**
   * The slot of an address, healthy where it is new. Whoever holds it has to claim it again at every
   * tick, and to go on with the slot that is returned then.
   *
   * @returns -1 when the table is full: the address counts as healthy
   */
  claim({ key, target }: HealthKey): number {
    return this.#slots.claim(key, target);
  }

  /** The slot of an address if somebody claimed it, else -1. */
  find({ key }: HealthKey): number {
    return this.#slots.find(key);
  }

  isHealthy(slot: number): boolean {
    return slot === -1 || isHealthy(Atomics.load(this.#words, slot + STATE));
  }

  /** @param limit failures of this kind in a row that make it unhealthy, 1 to 255 */
  countFailure(slot: number, kind: FailureKind, limit: number): void {
    if (slot === -1) return;
    const words = this.#words;
    for (;;) {
      const before = Atomics.load(words, slot + STATE);
      if (this.#exchange(slot, before, afterFailure(before, kind, limit))) return;
    }
  }

  /** @param limit successes in a row that make it healthy again, 1 to 255 */
  countSuccess(slot: number, limit: number): void {
    if (slot === -1) return;
    const words = this.#words;
    for (;;) {
      const before = Atomics.load(words, slot + STATE);
      if (this.#exchange(slot, before, afterSuccess(before, limit))) return;
    }
  }

  /** Says what the health of an address is, and forgets what was counted. */
  mark(slot: number, healthy: boolean): void {
    const words = this.#words;
    const after = healthy ? HEALTHY : UNHEALTHY;
    while (!this.#exchange(slot, Atomics.load(words, slot + STATE), after));
  }

  /** Marks every address of the target that anybody has claimed. */
  markTarget({ target }: HealthKey, healthy: boolean): void {
    for (const slot of this.#slots.ofTarget(target)) this.mark(slot, healthy);
  }

  /** Begins another tick and takes back the slots that nobody claimed for some. For one thread only. */
  sweep(): void {
    this.#slots.sweep();
  }

  /** Reads every slot. */
  usage(): HealthUsage {
    const full = Atomics.load(this.#words, FULL_COUNT) >>> 0;
    return { slots: this.#size, used: this.#slots.used, full };
  }

  /** @returns false when another thread was faster */
  #exchange(slot: number, before: number, after: number): boolean {
    if (before === after) return true;
    const words = this.#words;
    if (Atomics.compareExchange(words, slot + STATE, before, after) !== before) return false;
    if (isHealthy(before) !== isHealthy(after)) Atomics.add(words, VERSION, 1);
    return true;
  }

  #hashOf(text: string): bigint {
    this.#hash.text(text);
    const { low, high } = this.#hash;
    const hash = (BigInt(high) << 32n) | BigInt(low >>> 0);
    // The first few values mean something else.
    return hash >= -1n && hash <= 1n ? 2n : hash;
  }
}
