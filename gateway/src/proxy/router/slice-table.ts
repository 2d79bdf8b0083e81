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

interface Node<V> {
  readonly hash: number;
  readonly space: number;
  readonly text: string;
  readonly value: V;
  next: Node<V> | null;
}

/**
 * A hash table that is asked for a part of a string without cutting the part out: the caller gives
 * its hash and the string. Texts live in numbered spaces that do not see each other.
 */
export class SliceTable<V> {
  private readonly slots: (Node<V> | null)[];
  private readonly mask: number;

  /** @param capacity number of texts expected; more make it slower, not wrong */
  constructor(capacity: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(4, capacity * 1.5)));
    this.slots = new Array<Node<V> | null>(size).fill(null);
    this.mask = size - 1;
  }

  /** Adds a text that is not there yet. @param hash `hashOf(text)`, or of the reversed text */
  add(space: number, hash: number, text: string, value: V): void {
    const mixed = mix(hash, space);
    const slot = mixed & this.mask;
    this.slots[slot] = { hash: mixed, space, text, value, next: this.slots[slot]! };
  }

  /** The value of the first `length` characters of `whole`. */
  findStart(space: number, hash: number, length: number, whole: string): V | null {
    const mixed = mix(hash, space);
    let node: Node<V> | null = this.slots[mixed & this.mask]!;
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
    let node: Node<V> | null = this.slots[mixed & this.mask]!;
    for (; node !== null; node = node.next) {
      if (node.hash === mixed && node.space === space && node.text.length === length) {
        if (whole.endsWith(node.text)) return node.value;
      }
    }
    return null;
  }
}

function mix(hash: number, space: number): number {
  const mixed = Math.imul(hash ^ Math.imul(space, 0x9e3779b1), 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
