import { inOnePiece } from '../in-one-piece.ts';

/** Lines for numbers below this are kept. */
const KEPT = 1000;

/** Field lines of one name whose values are numbers, mostly the same few: those are made once. */
export class NumberLines {
  private readonly name: string;
  private readonly lines: (string | undefined)[] = new Array<undefined>(KEPT).fill(undefined);

  constructor(name: string) {
    this.name = name;
  }

  /** `Name: value\r\n`. @param value a whole number */
  of(value: number): string {
    if (!(value >= 0 && value < KEPT)) return `${this.name}: ${value}\r\n`;
    return (this.lines[value] ??= inOnePiece(`${this.name}: ${value}\r\n`));
  }
}
