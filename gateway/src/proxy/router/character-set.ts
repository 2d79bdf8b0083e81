/** A set of ASCII characters: bit n stands for code n. */
export type CharacterSet = bigint;

export const NONE: CharacterSet = 0n;
export const ALL: CharacterSet = (1n << 128n) - 1n;
export const DIGITS = range(48, 57);
export const WORD = range(65, 90) | range(97, 122) | DIGITS | single(95);
/** What `.` stands for. */
export const NOT_NEWLINE = ALL & ~single(10);

export function single(code: number): CharacterSet {
  return 1n << BigInt(code);
}

/** Codes `from…to`, both included. */
export function range(from: number, to: number): CharacterSet {
  return ((1n << BigInt(to - from + 1)) - 1n) << BigInt(from);
}

/** The set as a class of a JavaScript regular expression. */
export function classSource(set: CharacterSet): string {
  let out = '';
  for (let code = 0; code < 128; code++) {
    if (!has(set, code)) continue;
    const from = code;
    while (code < 127 && has(set, code + 1)) code++;
    out += from === code ? hex(from) : `${hex(from)}-${hex(code)}`;
  }
  return `[${out}]`;
}

function has(set: CharacterSet, code: number): boolean {
  return ((set >> BigInt(code)) & 1n) === 1n;
}

function hex(code: number): string {
  return `\\x${code.toString(16).padStart(2, '0')}`;
}
