/**
 * A latin1 string laid out in one piece. One that was put together stays a tree of its parts until it
 * is written, and its parts are visited again by every write that it is part of: worth it for what is
 * kept and written often.
 */
export function inOnePiece(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
