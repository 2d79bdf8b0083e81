import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/**
 * Growth since the last collection that makes another one worth its time, percent of the room that the
 * engine leaves until it collects by itself: that may be ten times the heap before the first of them.
 * A load of everything takes more, a single change less.
 */
const WORTH_WHILE = 3;
/** Not so long that the engine would keep it apart from what is young. */
const ELEMENTS = 8192;
const BYTES = ELEMENTS * 8;

/**
 * Begins to collect the heap of this thread if it has grown enough; the rest is done in small steps,
 * beside whatever else there is to do. The engine looks whether to begin when there is no room left
 * for what is young, so that is brought about: it takes some milliseconds at most.
 */
export function tidyHeap(): void {
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  const room = young?.space_available_size ?? 0;
  const filler: { array: unknown[] } = { array: [] };
  // The switch is one for all threads, so it is on for no longer than it takes.
  setFlagsFromString(`--incremental-marking-hard-trigger=${WORTH_WHILE}`);
  for (let filled = 0; filled <= room; filled += BYTES) {
    filler.array = new Array<undefined>(ELEMENTS).fill(undefined);
  }
  setFlagsFromString('--incremental-marking-hard-trigger=0');
}
