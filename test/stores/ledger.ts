/** What a thing is in a store, as a text that can be compared; null when it is not there. */
export type Content = string | null;

interface Entry {
  /** What the last write that was acknowledged made of it. */
  settled: Content;
  /** What a write that was not answered may have made of it. */
  possible: Content | undefined;
}

/** What clients know of the things that they write, each of which has one writer only. */
export class Ledger {
  readonly #entries = new Map<string, Entry>();
  /** Writes that were acknowledged. */
  acknowledged = 0;

  content(name: string): Content {
    return this.#entries.get(name)?.settled ?? null;
  }

  /** A write is about to be sent. */
  begin(name: string, next: Content): void {
    const entry = this.#entries.get(name) ?? { settled: null, possible: undefined };
    entry.possible = next;
    this.#entries.set(name, entry);
  }

  /** The write was answered with 2xx. */
  settle(name: string): void {
    const entry = this.#entries.get(name);
    if (entry?.possible === undefined) throw new Error(`nothing was begun for ${name}`);
    entry.settled = entry.possible;
    entry.possible = undefined;
    this.acknowledged += 1;
  }

  /**
   * Holds what a store has against what was acknowledged, and takes it as known from now on.
   *
   * @returns what is lost, half-done or from nowhere
   */
  reconcile(stored: ReadonlyMap<string, string>): string[] {
    const problems: string[] = [];
    for (const [name, entry] of this.#entries) {
      const content = stored.get(name) ?? null;
      if (content !== entry.settled && content !== entry.possible) {
        const other = entry.possible === undefined ? '' : ` or ${String(entry.possible)}`;
        problems.push(`${name} is ${String(content)} instead of ${String(entry.settled)}${other}`);
      }
      entry.settled = content;
      entry.possible = undefined;
    }
    for (const [name, content] of stored) {
      if (!this.#entries.has(name)) problems.push(`${name} is ${content}, and nobody wrote it`);
    }
    return problems;
  }
}
