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
  const left = leftBy(places, before);
  for (const [index, place] of places.entries()) {
    if (place !== -1) continue;
    const text = texts[index] ?? '';
    places[index] = left.get(hashOf(text))?.find((other) => before[other] === text) ?? -1;
  }
}

function leftBy(places: readonly number[], before: readonly string[]): Map<number, number[]> {
  const taken = new Set(places);
  const left = new Map<number, number[]>();
  for (const [place, text] of before.entries()) {
    if (taken.has(place)) continue;
    const hash = hashOf(text);
    const same = left.get(hash);
    if (same === undefined) left.set(hash, [place]);
    else same.push(place);
  }
  return left;
}

/** FNV-1a, of characters. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash;
}
