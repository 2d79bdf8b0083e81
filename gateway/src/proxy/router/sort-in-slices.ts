const RUN = 32;
const MOVES_PER_SLICE = 64;

/**
 * Sorts in many small steps, with a `yield` after each few microseconds, so that a long list never
 * holds up the thread. `items` is used as scratch space.
 *
 * @returns the sorted list; `items` itself or another array
 */
export function* sortInSlices<T>(
  items: T[],
  compare: (a: T, b: T) => number,
): Generator<undefined, T[], void> {
  for (let start = 0; start < items.length; start += RUN) {
    const run = items.slice(start, start + RUN).sort(compare);
    for (let i = 0; i < run.length; i++) items[start + i] = run[i]!;
    yield;
  }
  let from = items;
  let to: T[] = [];
  for (let width = RUN; width < items.length; width *= 2) {
    yield* mergePairs(from, to, width, compare);
    [from, to] = [to, from];
  }
  return from;
}

/** Merges neighbouring sorted stretches of `width` items in `from` into `to`. */
function* mergePairs<T>(
  from: readonly T[],
  to: T[],
  width: number,
  compare: (a: T, b: T) => number,
): Generator<undefined, void, void> {
  const length = from.length;
  let out = 0;
  for (let start = 0; start < length; start += 2 * width) {
    const middle = Math.min(start + width, length);
    const end = Math.min(middle + width, length);
    let left = start;
    let right = middle;
    while (left < middle || right < end) {
      const takeLeft = right >= end || (left < middle && compare(from[left]!, from[right]!) <= 0);
      to[out++] = takeLeft ? from[left++]! : from[right++]!;
      if (out % MOVES_PER_SLICE === 0) yield;
    }
  }
}
