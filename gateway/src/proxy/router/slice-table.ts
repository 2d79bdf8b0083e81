/** Start value of the rolling hash. */
export const HASH_SEED = 0x811c9dc5 | 0;

/** The hash of a text from that of the text without its last character. */
export function hashStep(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193);
}

export function hashOf(text: string): number {
  let hash = HASH_SEED;
  for (let i = 0; i < text.length; i++) hash = hashStep(hash, text.charCodeAt(i));
  return hash;
}

/** Never changed, since copies share them. */
interface Node<V> {
  readonly hash: number;
  readonly space: number;
  readonly text: string;
  readonly value: V;
  next: Node<V> | null;
}

const MOVES_PER_SLICE = 64;
/** A table with fewer texts than one in so many slots is made smaller by the next copy. */
const SPARSE = 8;

/**
 * A hash table that is asked for a part of a string without cutting the part out: the caller gives
 * its hash and the string. Texts live in numbered spaces that do not see each other. A copy shares
 * all but the slots, which take a fraction of a millisecond for a hundred thousand texts.
 */
export class SliceTable<V> {
  private slots: (Node<V> | null)[];
  private count = 0;

  /** @param capacity number of texts expected; more make it grow in one go */
  constructor(capacity: number) {
    this.slots = emptySlots(capacity);
  }

  /** How many texts there are. */
  get size(): number {
    return this.count;
  }

  /** How many there is room for. */
  get capacity(): number {
    return this.slots.length;
  }

  /** A table of its own with the same texts, with room for `more`. */
  *copy(more: number): Generator<undefined, SliceTable<V>, void> {
    const wanted = this.count + more;
    const { length } = this.slots;
    const next = new SliceTable<V>(0);
    if (wanted <= length && (wanted > length / SPARSE || length === next.slots.length)) {
      next.slots = this.slots.slice();
    } else {
      next.slots = emptySlots(wanted);
      yield* next.takeAll(this.slots);
    }
    next.count = this.count;
    return next;
  }

  /** Adds a text that is not there yet. @param hash `hashOf(text)`, or of the reversed text */
  add(space: number, hash: number, text: string, value: V): void {
    if (this.count === this.slots.length) this.grow();
    this.push(mix(hash, space), space, text, value);
    this.count++;
  }

  /** Puts another value for a text that is there, or removes it. */
  replace(space: number, hash: number, text: string, value: V | null): void {
    const mixed = mix(hash, space);
    const slot = mixed & (this.slots.length - 1);
    let rest: Node<V> | null = null;
    for (let node: Node<V> | null = this.slots[slot]!; node !== null; node = node.next) {
      const hit = node.hash === mixed && node.space === space && node.text === text;
      if (!hit) rest = { ...node, next: rest };
      else if (value === null) this.count--;
      else rest = { hash: mixed, space, text: node.text, value, next: rest };
    }
    this.slots[slot] = rest;
  }

  /** The value of the first `length` characters of `whole`. */
  findStart(space: number, hash: number, length: number, whole: string): V | null {
    const mixed = mix(hash, space);
    let node: Node<V> | null = this.slots[mixed & (this.slots.length - 1)]!;
    for (; node !== null; node = node.next) {
      if (node.hash === mixed && node.space === space && node.text.length === length) {
        if (whole.startsWith(node.text)) return node.value;
      }
    }
    return null;
  }

  /** The value of the last `length` characters of `whole`. */
  findEnd(space: number, hash: number, length: number, whole: string): V | null {
    const mixed = mix(hash, space);
    let node: Node<V> | null = this.slots[mixed & (this.slots.length - 1)]!;
    for (; node !== null; node = node.next) {
      if (node.hash === mixed && node.space === space && node.text.length === length) {
        if (whole.endsWith(node.text)) return node.value;
      }
    }
    return null;
  }

  private grow(): void {
    const { slots } = this;
    this.slots = emptySlots(slots.length);
    Array.from(this.takeAll(slots));
  }

  private *takeAll(slots: (Node<V> | null)[]): Generator<undefined, void, void> {
    let count = 0;
    for (const first of slots) {
      for (let node = first; node !== null; node = node.next) {
        this.push(node.hash, node.space, node.text, node.value);
      }
      if (++count % MOVES_PER_SLICE === 0) yield;
    }
  }

  private push(mixed: number, space: number, text: string, value: V): void {
    const slot = mixed & (this.slots.length - 1);
    this.slots[slot] = { hash: mixed, space, text, value, next: this.slots[slot]! };
  }
}

function emptySlots<V>(capacity: number): (Node<V> | null)[] {
  const size = 2 ** Math.ceil(Math.log2(Math.max(4, capacity * 1.5)));
  return new Array<null>(size).fill(null);
}

function mix(hash: number, space: number): number {
  const mixed = Math.imul(hash ^ Math.imul(space, 0x9e3779b1), 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
