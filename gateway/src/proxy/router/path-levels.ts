/** Sub-routes of one weight whose paths are of one kind. */
interface Kind {
  readonly weight: number;
  readonly isRegex: boolean;
  readonly count: number;
}

/** All sub-routes of a host pattern whose prefixes are of one length. As a kind: the best of them. */
export interface PathLevel extends Kind {
  /** Characters of the prefixes. */
  readonly length: number;
  /** The other kinds, best first. */
  readonly others: readonly Kind[];
}

/** Where to look for the sub-routes of one host pattern, best first. Never changed, only followed. */
export type PathLevels = readonly PathLevel[];

const NO_OTHERS: readonly Kind[] = [];

/** Whether no sub-route of the level can precede one of this weight and order. */
export function isBehind(level: PathLevel, weight: number, order: number): boolean {
  if (level.weight !== weight) return level.weight < weight;
  // Of prefixes the length is the order; of expressions nothing is known.
  return !level.isRegex && level.length < order;
}

/**
 * The levels with one sub-route more or less.
 *
 * @param levels null for none
 * @param delta 1 or, for one that is there, -1
 * @returns null when none is left
 */
export function countSubRoute(
  levels: PathLevels | null,
  length: number,
  weight: number,
  isRegex: boolean,
  delta: 1 | -1,
): PathLevels | null {
  if (levels === null) return [{ length, weight, isRegex, count: 1, others: NO_OTHERS }];
  const before = levels.find((level) => level.length === length);
  if (before?.weight === weight && before.isRegex === isRegex && before.count + delta > 0) {
    const after = { ...before, count: before.count + delta };
    return levels.map((level) => (level === before ? after : level));
  }
  const kinds = countKind(
    before === undefined ? NO_OTHERS : kindsOf(before),
    weight,
    isRegex,
    delta,
  );
  const next = levels.filter((level) => level !== before);
  const [best, ...others] = kinds;
  if (best !== undefined) {
    next.push({ length, ...best, others: others.length === 0 ? NO_OTHERS : others });
    next.sort((a, b) => byRank(a, b) || b.length - a.length);
  }
  return next.length === 0 ? null : next;
}

function kindsOf({ weight, isRegex, count, others }: PathLevel): Kind[] {
  return [{ weight, isRegex, count }, ...others];
}

function countKind(
  kinds: readonly Kind[],
  weight: number,
  isRegex: boolean,
  delta: number,
): readonly Kind[] {
  const before = kinds.find((kind) => kind.weight === weight && kind.isRegex === isRegex);
  const count = (before?.count ?? 0) + delta;
  const next = kinds.filter((kind) => kind !== before);
  if (count > 0) next.push({ weight, isRegex, count });
  return next.sort(byRank);
}

function byRank(a: Kind, b: Kind): number {
  return b.weight - a.weight || Number(b.isRegex) - Number(a.isRegex);
}
