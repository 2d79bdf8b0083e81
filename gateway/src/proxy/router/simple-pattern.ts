import { NONE } from './character-set.ts';
import type { CharacterSet } from './character-set.ts';
import { parseSimplePattern } from './simple-pattern-parser.ts';
import type { Piece } from './simple-pattern-parser.ts';

/**
 * JavaScript's own engine is ten to fifty times as fast as one that promises linear time, and takes a
 * fraction of the memory. Most expressions written for paths (`/users/(?<id>\d+)$`) leave it no
 * choice at any character: what may be repeated or left out never begins like what follows it. Then
 * backtracking fails at once and linear time is certain.
 *
 * @param source an expression that `compileRegex` accepts
 * @returns a sticky expression for ASCII text with the same matches and groups, or null when
 *   linear time is not certain
 */
export function simplePattern(source: string): RegExp | null {
  const parsed = parseSimplePattern(source);
  if (parsed === null || !isDeterministic(parsed.pieces, NONE)) return null;
  return new RegExp(sequenceSource(parsed.pieces) + (parsed.anchoredAtEnd ? '$' : ''), 'y');
}

/** @param after characters that may follow the sequence */
function isDeterministic(pieces: readonly Piece[], after: CharacterSet): boolean {
  for (let i = pieces.length - 1; i >= 0; i--) {
    const piece = pieces[i]!;
    const first = firstOf(piece);
    if (piece.min !== piece.max && (first & after) !== NONE) return false;
    if (piece.branches !== null && !branchesAreDeterministic(piece.branches, piece.min, after)) {
      return false;
    }
    after = isNullable(piece) ? first | after : first;
  }
  return true;
}

function branchesAreDeterministic(
  branches: readonly (readonly Piece[])[],
  min: number,
  after: CharacterSet,
): boolean {
  const [only] = branches;
  if (branches.length === 1 && only !== undefined) {
    // An optional group that may be empty could be left out in two ways.
    return (min === 1 || !only.every(isNullable)) && isDeterministic(only, after);
  }
  return isPrefixFree(branches);
}

/** Whether all branches are plain text of which none begins with another: at most one can match. */
function isPrefixFree(branches: readonly (readonly Piece[])[]): boolean {
  const texts: string[] = [];
  for (const branch of branches) {
    if (branch.length === 0 || !branch.every((piece) => piece.literal !== null)) return false;
    texts.push(branch.map((piece) => piece.literal).join(''));
  }
  texts.sort();
  return texts.every((text, i) => i === 0 || !text.startsWith(texts[i - 1]!));
}

function firstOf(piece: Piece): CharacterSet {
  if (piece.branches === null) return piece.set;
  let first = NONE;
  for (const branch of piece.branches) {
    for (const inner of branch) {
      first |= firstOf(inner);
      if (!isNullable(inner)) break;
    }
  }
  return first;
}

function isNullable(piece: Piece): boolean {
  return piece.min === 0 || (piece.branches?.some((branch) => branch.every(isNullable)) ?? false);
}

function sequenceSource(pieces: readonly Piece[]): string {
  let out = '';
  for (const piece of pieces) {
    out += piece.open;
    if (piece.branches !== null) out += `${piece.branches.map(sequenceSource).join('|')})`;
    out += piece.quantifier;
  }
  return out;
}
