/**
 * A string laid out in one piece. One that was put together stays a tree of its parts until it is
 * written, and its parts are visited again by every write that it is part of: worth it for what is
 * kept and written often.
 *
 * @param encoding that has all of its characters; `latin1` costs less
 */
export function inOnePiece(text: string, encoding: 'latin1' | 'utf8' = 'latin1'): string {
  return Buffer.from(text, encoding).toString(encoding);
}
