import { getHeapStatistics } from 'node:v8';

/** Bytes on the heap for each character of a configuration while it is loaded, none of it known. */
const BYTES_PER_CHARACTER = 15;
const MIB = 2 ** 20;

/** As the engine tells of it, bytes. */
export interface Heap {
  readonly used_heap_size: number;
  readonly heap_size_limit: number;
}

/**
 * What to say when there is probably too little memory to load a configuration beside what is there:
 * the engine ends the process then, and says nothing of how to mend it.
 *
 * @param characters its length
 */
export function lackOfRoom(
  characters: number,
  { used_heap_size, heap_size_limit }: Heap = getHeapStatistics(),
): string | undefined {
  const needed = Math.ceil((used_heap_size + characters * BYTES_PER_CHARACTER) / MIB);
  if (needed * MIB <= heap_size_limit) return undefined;
  return (
    `loading a configuration of ${Math.round(characters / MIB)} MiB may take ${needed} MiB of memory, but no more ` +
    `than ${Math.floor(heap_size_limit / MIB)} MiB may be used: set NODE_OPTIONS=--max-old-space-size=${needed}`
  );
}
