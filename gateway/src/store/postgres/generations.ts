/**
 * Tells connections made before one was found lost from those made since. What cuts one, such as a
 * server that starts anew, has mostly cut all others of its time, too, unnoticed until they are used.
 */
export class Generations {
  readonly #of = new WeakMap<object, number>();
  #newest = 0;

  made(connection: object): void {
    this.#of.set(connection, this.#newest);
  }

  /** Of several that are lost together only the first one begins a new generation. */
  lost(connection: object): void {
    if (this.isNewest(connection)) this.#newest += 1;
  }

  isNewest(connection: object): boolean {
    return this.#of.get(connection) === this.#newest;
  }
}
