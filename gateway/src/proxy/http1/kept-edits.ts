import { inOnePiece } from '../../in-one-piece.ts';
import type { FieldEdits } from '../../plugin/exchange.ts';
import { FieldLines } from '../../plugin/field-lines.ts';
import type { FieldNames } from '../../plugin/field-names.ts';

/** What edits led to. */
export interface Edited {
  /** Lower-case names of fields in the head whose lines no longer count, or null for none. */
  readonly without: readonly string[] | null;
  /** Names that were removed or replaced meanwhile. */
  readonly decided: readonly FieldNames[];
  /** What was added meanwhile. */
  readonly lines: readonly FieldLines[];
}

/**
 * What edits came to for the fields of a head. It comes to the same as long as the fields are the same,
 * the values that go into them are, and nobody else has had to do with these fields.
 */
export class KeptEdits {
  readonly #edits: FieldEdits;
  readonly #values: readonly string[];
  /** What was left out of the head before. */
  readonly #before: readonly string[] | null;
  #edited: Edited;
  #inOnePiece = false;

  constructor(
    edits: FieldEdits,
    values: readonly string[],
    before: readonly string[] | null,
    edited: Edited,
  ) {
    this.#edits = edits;
    this.#values = values;
    this.#before = before;
    this.#edited = edited;
  }

  /** What these edits come to; null where that is not known. */
  find(
    edits: FieldEdits,
    values: readonly string[],
    before: readonly string[] | null,
  ): Edited | null {
    if (edits !== this.#edits || !isSameList(before, this.#before)) return null;
    if (!isSameList(values, this.#values)) return null;
    if (!this.#inOnePiece) this.#layOut();
    return this.#edited;
  }

  /** Once they are used again: every write would walk through their parts otherwise. */
  #layOut(): void {
    const { lines } = this.#edited;
    const flat = lines.map(({ names, text }) => new FieldLines(names, inOnePiece(text)));
    this.#edited = { ...this.#edited, lines: flat };
    this.#inOnePiece = true;
  }
}

export function isSameList(a: readonly string[] | null, b: readonly string[] | null): boolean {
  if (a === b) return true;
  if (a === null || b === null || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
