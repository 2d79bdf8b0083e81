import type { Mistake } from './source-text.ts';

/** Where a text stops being JSON, and why. `error`: what `JSON.parse` threw. */
export function jsonMistake(text: string, error: unknown): Mistake {
  if (error instanceof RangeError) return { offset: 0, message: 'nested too deeply' };
  const { message } = error as Error;
  const known = positionIn(message);
  // What follows the reason is an excerpt of the file, which may hold secrets, or the position.
  const reason = message.replace(/, (?:\.\.\.)?".*$| (?:in|after) JSON at position .*$/s, '');
  return { offset: known ?? wrongCharacter(text), message: `not valid JSON: ${reason}` };
}

function positionIn(message: string): number | undefined {
  const digits = /at position (\d+)/.exec(message)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** `JSON.parse` does not always say where it failed: the longest beginning that it bears tells. */
function wrongCharacter(text: string): number {
  let borne = 0;
  let refused = text.length + 1;
  while (refused - borne > 1) {
    const length = (borne + refused) >>> 1;
    if (isBeginning(text.slice(0, length))) borne = length;
    else refused = length;
  }
  return borne;
}

/** Whether a text is JSON, or lacks nothing but its end. */
function isBeginning(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const { message } = error as Error;
    if (/^Unexpected end|^Unterminated/.test(message)) return true;
    const position = positionIn(message);
    return position !== undefined && position >= text.length;
  }
}
