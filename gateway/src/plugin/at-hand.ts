import { randomInt } from 'node:crypto';
import { inOnePiece } from '../in-one-piece.ts';
import { hashOfText, TextTable } from '../text-table.ts';

/** What an entry takes beside the secret that it stands under, characters. */
const ENTRY = 100;

/** Characters of the longest secret that is hashed here: the engine takes less time for longer ones. */
const LONGEST_HASHED = 64;
const SEED = randomInt(2 ** 32) | 0;

/** Bounds what is kept at hand under secrets, in the tables that share it. */
export class Room {
  readonly #time: number;
  readonly #most: number;
  readonly #holding = new Set<AtHand<unknown>>();
  #characters = 0;

  /**
   * @param time after which a secret is forgotten at the latest, ms
   * @param most characters at the same time, in this thread
   */
  constructor(time: number, most: number) {
    this.#time = time;
    this.#most = most;
  }

  /** @returns whether there is room for so many characters more in a table */
  take(table: AtHand<unknown>, characters: number): boolean {
    if (this.#characters + characters > this.#most) return false;
    if (this.#holding.size === 0) setTimeout(() => this.#clear(), this.#time).unref();
    this.#holding.add(table);
    this.#characters += characters;
    return true;
  }

  #clear(): void {
    for (const table of this.#holding) table.clear();
    this.#holding.clear();
    this.#characters = 0;
  }
}

/**
 * What is known of secrets that come with requests, under the secrets themselves and so for a moment
 * only: that tells nobody more than the heads of requests do that are in memory as well. When there is
 * no more room, further secrets are not noted: whoever tries many displaces nobody's.
 */
export class AtHand<V> {
  readonly #room: Room;
  #short = new TextTable<V>();
  readonly #long = new Map<string, V>();

  constructor(room: Room) {
    this.#room = room;
  }

  /** Secrets at hand. */
  get size(): number {
    return this.#short.size + this.#long.size;
  }

  get(secret: string): V | undefined {
    if (secret.length > LONGEST_HASHED) return this.#long.get(secret);
    return this.#short.get(secret, hashOfText(secret, SEED));
  }

  /** @param characters that the value takes, roughly */
  set(secret: string, value: V, characters = 0): void {
    // Another value for a secret that is at hand counts once more: it is seldom, and soon forgotten.
    if (!this.#room.take(this, secret.length + ENTRY + characters)) return;
    // By itself: as a part of the head that it came in it would keep all of that.
    const own = inOnePiece(secret, 'utf8');
    if (own.length > LONGEST_HASHED) this.#long.set(own, value);
    else this.#short.set(own, hashOfText(own, SEED), value);
  }

  /** Forgets all secrets. */
  clear(): void {
    this.#short = new TextTable();
    this.#long.clear();
  }
}
