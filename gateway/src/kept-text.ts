import { inOnePiece } from './in-one-piece.ts';

/**
 * A part of what is written that is mostly the same as the time before. It is laid out in one piece
 * once it is used again: every write would walk through its parts otherwise.
 */
export class KeptText {
  #text = '';
  #inOnePiece = false;

  /** Takes another text, and returns it. */
  set(text: string): string {
    this.#text = text;
    this.#inOnePiece = false;
    return text;
  }

  /** The text that was taken last. */
  again(): string {
    if (!this.#inOnePiece) {
      this.#text = inOnePiece(this.#text, 'utf8');
      this.#inOnePiece = true;
    }
    return this.#text;
  }
}
