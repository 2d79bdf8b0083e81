import { KeptText } from '../../plugin/header-line.ts';

/** Numbers at hand at the same time, a power of two: one for each value of their last bits. */
const KEPT = 64;

/** Lines that follow from a number, at hand for the numbers that come again and again. */
export class RecurringLines {
  readonly #make: (number: number) => string;
  readonly #numbers = new Array<number>(KEPT).fill(-1);
  readonly #lines = Array.from({ length: KEPT }, () => new KeptText());

  constructor(make: (number: number) => string) {
    this.#make = make;
  }

  /** @param number whole, from 0 on */
  of(number: number): string {
    const place = number & (KEPT - 1);
    const lines = this.#lines[place]!;
    if (this.#numbers[place] === number) return lines.again();
    this.#numbers[place] = number;
    return lines.set(this.#make(number));
  }
}
