const SHARDS = 256;

/**
 * A map of strings for a million entries and more. An ordinary one doubles its table in one go when
 * it is full, which holds up a thread for 100 ms at that size; here it is the table of one shard.
 */
export class ShardedMap<V> {
  readonly #shards: (Map<string, V> | undefined)[] = new Array<undefined>(SHARDS).fill(undefined);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: string): V | undefined {
    return this.#shards[shardOf(key)]?.get(key);
  }

  set(key: string, value: V): void {
    const index = shardOf(key);
    const shard = (this.#shards[index] ??= new Map<string, V>());
    const before = shard.size;
    shard.set(key, value);
    this.#size += shard.size - before;
  }

  delete(key: string): void {
    if (this.#shards[shardOf(key)]?.delete(key) === true) this.#size--;
  }
}

/** From the end, where ids, keys and numbered names differ most. */
function shardOf(key: string): number {
  let hash = 0;
  for (let i = Math.max(0, key.length - 5); i < key.length; i++) {
    hash = Math.imul(hash, 31) + key.charCodeAt(i);
  }
  return hash & (SHARDS - 1);
}
