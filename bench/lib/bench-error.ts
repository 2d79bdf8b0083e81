/** A measurement cannot go on for a reason that its message explains; no stack is shown. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
}
