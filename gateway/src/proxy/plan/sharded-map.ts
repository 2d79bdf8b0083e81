import { hashOfText, TextTable } from '../../text-table.ts';

const SHARDS = 256;
const SEED = Math.floor(Math.random() * 0x1_0000_0000) | 0;

/**
 * A map of texts for a million entries and more. An ordinary table is doubled in one go when it is
 * full, which holds up a thread for 100 ms at that size; here it is that of one shard.
 */
export class ShardedMap<V> {
  readonly #shards: (TextTable<V> | undefined)[] = new Array<undefined>(SHARDS).fill(undefined);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: string): V | undefined {
    const hash = hashOfText(key, SEED);
    return this.#shards[shardOf(hash)]?.get(key, hash);
  }

  set(key: string, value: V): void {
    const hash = hashOfText(key, SEED);
    const shard = (this.#shards[shardOf(hash)] ??= new TextTable<V>());
    const before = shard.size;
    shard.set(key, hash, value);
    this.#size += shard.size - before;
  }

  delete(key: string): void {
    const hash = hashOfText(key, SEED);
    if (this.#shards[shardOf(hash)]?.delete(key, hash) === true) this.#size--;
  }
}

/** The upper bits: tables go by the lower ones. */
function shardOf(hash: number): number {
  return hash >>> 24;
}
