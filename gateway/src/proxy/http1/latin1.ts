/** A method of Node's buffers that its types do not tell of: `toString('latin1')` ends in it. */
interface Latin1 {
  latin1Slice(start: number, end: number): string;
}

/**
 * The bytes from `start` to `end` as characters. `toString` spends 40 ns on finding out what it is asked
 * for, as much as it takes to copy a head.
 *
 * @param end at most the length of `bytes`
 */
export function latin1(bytes: Buffer, start: number, end: number): string {
  return (bytes as Buffer & Latin1).latin1Slice(start, end);
}
