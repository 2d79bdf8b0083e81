import type { Change } from '../../snapshot/records.ts';

/** Most changes in one message: applying more would hold up a proxy thread noticeably. */
const CHANGES_PER_CHUNK = 200;

interface Chunk {
  readonly text: string;
  /** Readers that have not had it yet. */
  left: number;
}

/**
 * A delta in pieces, each turned to JSON once, however many threads it goes to, and forgotten when
 * all of them have had it. Pieces are made when the first reader asks for them.
 */
export class DeltaChunks {
  readonly #changes: Iterator<Change>;
  readonly #chunks: (Chunk | null)[] = [];
  #readers = 0;
  #ended = false;

  constructor(changes: Iterable<Change>) {
    this.#changes = changes[Symbol.iterator]();
  }

  /** Whether a first piece was made: from then on nobody can join. */
  get begun(): boolean {
    return this.#chunks.length > 0 || this.#ended;
  }

  /** @returns a function that gives the next piece, undefined after the last */
  join(): () => string | undefined {
    this.#readers++;
    let position = 0;
    return () => this.#read(position++);
  }

  #read(position: number): string | undefined {
    if (position === this.#chunks.length && !this.#ended) this.#make();
    const chunk = this.#chunks[position];
    if (chunk == null) return undefined;
    if (--chunk.left === 0) this.#chunks[position] = null;
    return chunk.text;
  }

  #make(): void {
    const changes: Change[] = [];
    while (changes.length < CHANGES_PER_CHUNK) {
      const next = this.#changes.next();
      if (next.done === true) {
        this.#ended = true;
        break;
      }
      changes.push(next.value);
    }
    if (changes.length > 0)
      this.#chunks.push({ text: JSON.stringify(changes), left: this.#readers });
  }
}
