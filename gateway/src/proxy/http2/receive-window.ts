/** Flow control of what arrives: how much the other side may still send, and when it is told of more. */
export class ReceiveWindow {
  readonly #size: number;
  #left: number;
  /** Bytes that were taken and that the other side was not told of yet. */
  #taken = 0;

  /** @param size of the window, bytes; the other side was told of it */
  constructor(size: number) {
    this.#size = size;
    this.#left = size;
  }

  /** So many bytes arrived. @returns whether the other side kept to the window */
  debit(bytes: number): boolean {
    this.#left -= bytes;
    return this.#left >= 0;
  }

  /** So many bytes are no longer held. */
  credit(bytes: number): void {
    this.#taken += bytes;
  }

  /** Opens the window again by what was taken. @returns what to tell of it; 0 before it is worth a frame */
  open(): number {
    if (this.#taken * 2 < this.#size) return 0;
    const more = this.#taken;
    this.#left += more;
    this.#taken = 0;
    return more;
  }
}
