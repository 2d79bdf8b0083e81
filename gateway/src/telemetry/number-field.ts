import { inOnePiece } from '../in-one-piece.ts';

/** Values below this are kept. */
const MOST_KEPT = 4096;

/**
 * A field of access lines whose value is a number. Small values repeat, so their texts are kept,
 * together with the name of the field.
 */
export class NumberField {
  readonly #name: string;
  readonly #format: (value: number) => string;
  readonly #kept = new Array<string | undefined>(MOST_KEPT).fill(undefined);

  /** @param format writes a whole number from 0 on */
  constructor(name: string, format: (value: number) => string) {
    this.#name = `,"${name}":`;
    this.#format = format;
  }

  /** `,"name":value`. @param value whole; a negative one is `null` */
  of(value: number): string {
    if (value < 0) return `${this.#name}null`;
    if (value >= MOST_KEPT) return this.#name + this.#format(value);
    return (this.#kept[value] ??= inOnePiece(this.#name + this.#format(value)));
  }
}
