/**
 * Finds texts among those of an earlier list. Most stand where they stood, counted from the beginning
 * or from the end.
 */
export class ElementFinder {
  readonly #texts: readonly string[];
  readonly #shift: number;
  #byHash: Map<number, number[]> | undefined;

  /**
   * @param texts the earlier list
   * @param length of the list in which the texts that are looked for stand
   */
  constructor(texts: readonly string[], length: number) {
    this.#texts = texts;
    this.#shift = texts.length - length;
  }

  /** @returns the place in the earlier list, or -1 */
  find(text: string, index: number): number {
    if (this.#texts[index] === text) return index;
    if (this.#texts[index + this.#shift] === text) return index + this.#shift;
    this.#byHash ??= this.#hashed();
    const places = this.#byHash.get(hashOf(text)) ?? [];
    return places.find((place) => this.#texts[place] === text) ?? -1;
  }

  /**
   * By numbers, not by the texts themselves: a string that is a key of a map is copied into a table
   * of the engine, and these are as long as the file.
   */
  #hashed(): Map<number, number[]> {
    const byHash = new Map<number, number[]>();
    for (const [place, text] of this.#texts.entries()) {
      const hash = hashOf(text);
      const places = byHash.get(hash);
      if (places === undefined) byHash.set(hash, [place]);
      else places.push(place);
    }
    return byHash;
  }
}

/** FNV-1a, of characters. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash;
}
