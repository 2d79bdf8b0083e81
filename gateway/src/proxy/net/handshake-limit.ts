/** A handshake that can be given up. */
interface Handshake {
  crowdOut(): void;
}

/**
 * Bounds how many handshakes are under way. Clients that are slow on purpose must not keep others out,
 * so it is not the newest that has to go but the one that has taken longest.
 */
export class HandshakeLimit {
  readonly #most: number;
  /** In the order in which they began. */
  readonly #open = new Set<Handshake>();

  constructor(most: number) {
    this.#most = most;
  }

  began(handshake: Handshake): void {
    this.#open.add(handshake);
    if (this.#open.size <= this.#most) return;
    for (const oldest of this.#open) {
      this.#open.delete(oldest);
      oldest.crowdOut();
      return;
    }
  }

  ended(handshake: Handshake): void {
    this.#open.delete(handshake);
  }
}
