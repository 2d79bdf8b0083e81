/** Up to so many entries are kept in one piece. */
const SMALL = 64;
const SHARDS = 256;
/** Characters of a key, from its end, that choose its shard. */
const REACH_OF_IDS = 6;
const REACH_OF_TEXTS = 64;

type Shard<V> = Map<string, V>;
type Shards<V> = (Shard<V> | undefined)[];

/**
 * A map that never changes. The next version shares with it all parts in which nothing differs, so
 * that one costs what changed and not what there is. No value is `undefined`. Entries are in no
 * particular order.
 */
export class PersistentMap<V> implements ReadonlyMap<string, V> {
  readonly size: number;
  /** One, or `SHARDS` when there are many entries. */
  readonly #shards: Readonly<Shards<V>>;
  readonly #reach: number;

  private constructor(shards: Readonly<Shards<V>>, size: number, reach: number) {
    this.#shards = shards;
    this.size = size;
    this.#reach = reach;
  }

  /** An empty map for keys whose last characters differ: ids. */
  static ofIds<V>(): PersistentMap<V> {
    return new PersistentMap<V>([undefined], 0, REACH_OF_IDS);
  }

  /** An empty map for any other keys, many of which may end alike. */
  static ofTexts<V>(): PersistentMap<V> {
    return new PersistentMap<V>([undefined], 0, REACH_OF_TEXTS);
  }

  /** The entries of another map, whose keys are ids; the map itself if it is one of this kind. */
  static from<V>(entries: ReadonlyMap<string, V>): PersistentMap<V> {
    if (isPersistent(entries)) return entries;
    const edit = PersistentMap.ofIds<V>().edit();
    for (const [key, value] of entries) edit.set(key, value);
    return edit.done();
  }

  /**
   * Keys that only one of two maps has, or has with another value. Of two versions of one map only
   * the parts that they do not share are looked into.
   */
  static differing<V>(before: ReadonlyMap<string, V>, after: ReadonlyMap<string, V>): string[] {
    const keys: string[] = [];
    for (const [old, now] of PersistentMap.#parts(before, after)) {
      if (old === now) continue;
      for (const [key, value] of now ?? []) if (old?.get(key) !== value) keys.push(key);
      for (const key of old?.keys() ?? []) if (now?.has(key) !== true) keys.push(key);
    }
    return keys;
  }

  /** What two maps consist of, in pairs with the same keys. */
  static *#parts<V>(
    before: ReadonlyMap<string, V>,
    after: ReadonlyMap<string, V>,
  ): Generator<readonly [ReadonlyMap<string, V> | undefined, ReadonlyMap<string, V> | undefined]> {
    const areAlike =
      isPersistent(before) &&
      isPersistent(after) &&
      before.#shards.length === after.#shards.length &&
      before.#reach === after.#reach;
    if (!areAlike) {
      yield [before, after];
      return;
    }
    for (const [index, shard] of after.#shards.entries()) yield [before.#shards[index], shard];
  }

  get(key: string): V | undefined {
    const shards = this.#shards;
    return shards[shards.length === 1 ? 0 : shardOf(key, this.#reach)]?.get(key);
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** All entries in pieces, each of a fraction of a millisecond at most. */
  *pieces(): Generator<ReadonlyMap<string, V>, void, void> {
    for (const shard of this.#shards) if (shard !== undefined) yield shard;
  }

  *entries(): Generator<[string, V], undefined, unknown> {
    for (const piece of this.pieces()) yield* piece;
  }

  *keys(): Generator<string, undefined, unknown> {
    for (const piece of this.pieces()) yield* piece.keys();
  }

  *values(): Generator<V, undefined, unknown> {
    for (const piece of this.pieces()) yield* piece.values();
  }

  [Symbol.iterator](): Generator<[string, V], undefined, unknown> {
    return this.entries();
  }

  forEach(visit: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [key, value] of this) visit(value, key, this);
  }

  /** Begins the next version. */
  edit(): MapEdit<V> {
    return new MapEdit(this, this.#shards, this.#reach, (shards, size) => {
      return new PersistentMap(shards, size, this.#reach);
    });
  }
}

function isPersistent<V>(map: ReadonlyMap<string, V>): map is PersistentMap<V> {
  return map instanceof PersistentMap;
}

/** The next version of a map while it is made. */
export class MapEdit<V> {
  #size: number;
  #version: PersistentMap<V>;
  #shards: Readonly<Shards<V>>;
  readonly #reach: number;
  readonly #make: (shards: Shards<V>, size: number) => PersistentMap<V>;
  /** What no version shares yet: null before the first change. */
  #own: { readonly shards: Shards<V>; readonly whole: Set<Shard<V>> } | null = null;

  constructor(
    version: PersistentMap<V>,
    shards: Readonly<Shards<V>>,
    reach: number,
    make: (shards: Shards<V>, size: number) => PersistentMap<V>,
  ) {
    this.#version = version;
    this.#size = version.size;
    this.#shards = shards;
    this.#reach = reach;
    this.#make = make;
  }

  get size(): number {
    return this.#size;
  }

  get(key: string): V | undefined {
    return this.#shards[this.#indexOf(key)]?.get(key);
  }

  set(key: string, value: V): void {
    const shard = this.#ownShard(key);
    this.#size -= shard.size;
    shard.set(key, value);
    this.#size += shard.size;
    if (this.#size > SMALL && this.#shards.length === 1) this.#lay(SHARDS);
  }

  delete(key: string): void {
    if (this.get(key) === undefined) return;
    this.#ownShard(key).delete(key);
    this.#size--;
  }

  /** The version as it is now; that from which the edit began when nothing was changed. */
  done(): PersistentMap<V> {
    if (this.#own === null) return this.#version;
    if (this.#size <= SMALL / 2 && this.#shards.length > 1) this.#lay(1);
    this.#version = this.#make(this.#own.shards, this.#size);
    this.#own = null;
    return this.#version;
  }

  #ownShard(key: string): Shard<V> {
    const own = (this.#own ??= { shards: this.#shards.slice(), whole: new Set() });
    this.#shards = own.shards;
    const index = this.#indexOf(key);
    const shard = own.shards[index];
    if (shard !== undefined && own.whole.has(shard)) return shard;
    const copy = new Map(shard);
    own.shards[index] = copy;
    own.whole.add(copy);
    return copy;
  }

  /** Spreads the entries, of which there are few, over another number of shards. */
  #lay(count: number): void {
    const entries = this.#shards.flatMap((shard) => (shard === undefined ? [] : [...shard]));
    const shards: Shards<V> = new Array<undefined>(count).fill(undefined);
    this.#shards = shards;
    for (const [key, value] of entries) (shards[this.#indexOf(key)] ??= new Map()).set(key, value);
    this.#own = { shards, whole: new Set(shards.filter((shard) => shard !== undefined)) };
  }

  #indexOf(key: string): number {
    return this.#shards.length === 1 ? 0 : shardOf(key, this.#reach);
  }
}

function shardOf(key: string, reach: number): number {
  let hash = 0;
  for (let i = Math.max(0, key.length - reach); i < key.length; i++) {
    hash = Math.imul(hash, 31) + key.charCodeAt(i);
  }
  return (hash ^ (hash >>> 8)) & (SHARDS - 1);
}
