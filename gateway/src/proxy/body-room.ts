/** How long nothing is said again of there being no room, ms. */
const SILENCE = 10_000;

/**
 * Room for the bodies that plugins of one thread read or change as a whole. Each plugin bounds one body;
 * this bounds all of them together, since it is clients and services who decide how many there are.
 */
export class BodyRoom {
  /** How much there is for all of them, bytes: no single one can be longer. */
  readonly size: number;
  readonly #warn: (message: string) => void;
  #taken = 0;
  #toldAt = -Infinity;

  /**
   * @param size bytes
   * @param warn tells the operator
   */
  constructor(size: number, warn: (message: string) => void) {
    this.size = size;
    this.#warn = warn;
  }

  /** Bytes that are taken now. */
  get taken(): number {
    return this.#taken;
  }

  /** @returns false when there is not so much left */
  take(bytes: number): boolean {
    if (this.#taken + bytes > this.size) {
      this.#tell(performance.now());
      return false;
    }
    this.#taken += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#taken -= bytes;
  }

  #tell(now: number): void {
    if (now - this.#toldAt < SILENCE) return;
    this.#toldAt = now;
    this.#warn(
      `no room for another body that plugins read or change as a whole, so its request is answered with 503: those of this thread take ${this.#taken} of ${this.size} bytes. Give them more (--max-held-bodies), or have the plugins take shorter ones (max_body_size)`,
    );
  }
}

/** What one body takes of the room, until it is let go. */
export class RoomShare {
  #room: BodyRoom | null;
  #bytes = 0;

  /** @param room null for a share of nothing */
  constructor(room: BodyRoom | null) {
    this.#room = room;
  }

  /** Takes more; once let go, nothing counts any more. @returns false when there is not so much left */
  take(bytes: number): boolean {
    if (this.#room === null) return true;
    if (!this.#room.take(bytes)) return false;
    this.#bytes += bytes;
    return true;
  }

  letGo(): void {
    this.#room?.give(this.#bytes);
    this.#room = null;
  }
}
