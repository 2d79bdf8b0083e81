/**
 * Where each of these texts stands among those of an earlier list; -1 for what is new. Most stand
 * where they stood, counted from the beginning or from the end.
 */
export function findPlaces(texts: readonly string[], before: readonly string[]): number[] {
  const shift = before.length - texts.length;
  const places = texts.map((text, index) => {
    if (before[index] === text) return index;
    return before[index + shift] === text ? index + shift : -1;
  });
  if (places.includes(-1)) findOthers(places, texts, before);
  return places;
}

/**
 * Finds what has moved, among what no other text has taken. By hashes, not by the texts themselves: a
 * string that is a key of a map is copied into a table of the engine, and these are as long as the
 * file.
 */
function findOthers(places: number[], texts: readonly string[], before: readonly string[]): void {
  const left = new LeftOver(before, places);
  for (const [index, place] of places.entries()) {
    if (place === -1) places[index] = left.find(texts[index] ?? '', hashAt(texts, index));
  }
}

/** Texts that none was found for yet, in lists of those with the same hash. */
class LeftOver {
  readonly #texts: readonly string[];
  readonly #first = new Map<number, number>();
  /** Where the next one of the list stands; -1 for none. */
  readonly #next: Int32Array;

  constructor(texts: readonly string[], taken: readonly number[]) {
    this.#texts = texts;
    this.#next = new Int32Array(texts.length).fill(-1);
    const isTaken = new Uint8Array(texts.length);
    for (const place of taken) if (place !== -1) isTaken[place] = 1;
    for (let place = texts.length - 1; place >= 0; place -= 1) {
      if (isTaken[place] === 1) continue;
      const hash = hashAt(texts, place);
      this.#next[place] = this.#first.get(hash) ?? -1;
      this.#first.set(hash, place);
    }
  }

  find(text: string, hash: number): number {
    let place = this.#first.get(hash) ?? -1;
    while (place !== -1 && this.#texts[place] !== text) place = this.#next[place] ?? -1;
    return place;
  }
}

/** Hashes of the texts of a list as far as they were asked for; 0 for the others. */
const known = new WeakMap<readonly string[], Int32Array>();

/** The hash of a text, kept for when it is the earlier one. */
function hashAt(texts: readonly string[], index: number): number {
  let hashes = known.get(texts);
  if (hashes === undefined) known.set(texts, (hashes = new Int32Array(texts.length)));
  return hashes[index] || (hashes[index] = hashOf(texts[index] ?? ''));
}

/** FNV-1a, of characters. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash;
}
