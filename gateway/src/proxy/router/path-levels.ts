import { byRank } from './sub-route.ts';
import type { Rank } from './sub-route.ts';

/**
 * Sub-routes of one weight. As a rank: that of the best there was since the first of them, which none
 * of them exceeds.
 */
interface Kind extends Rank {
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

/**
 * The levels with one sub-route more or less.
 *
 * @param levels null for none
 * @param length characters of its prefix
 * @param delta 1 or, for one that is there, -1
 * @returns null when none is left
 */
export function countSubRoute(
  levels: PathLevels | null,
  length: number,
  subRoute: Rank,
  delta: 1 | -1,
): PathLevels | null {
  const before = levels?.find((level) => level.length === length);
  const level = countInLevel(before, length, subRoute, delta);
  if (levels === null) return level === null ? null : [level];
  if (before !== undefined && level !== null && isSameRank(before, level)) {
    return levels.map((each) => (each === before ? level : each));
  }
  const next = levels.filter((each) => each !== before);
  if (level !== null) next.push(level);
  return next.length === 0 ? null : next.sort(byRank);
}

function countInLevel(
  level: PathLevel | undefined,
  length: number,
  subRoute: Rank,
  delta: number,
): PathLevel | null {
  if (level === undefined) return levelOf(length, kindOf(subRoute, 1), NO_OTHERS);
  if (level.weight === subRoute.weight && level.count + delta > 0) {
    return levelOf(length, countInKind(level, subRoute, delta), level.others);
  }
  const kinds = [kindOf(level, level.count), ...level.others];
  const before = kinds.find((kind) => kind.weight === subRoute.weight);
  const next = kinds.filter((kind) => kind !== before);
  if (before === undefined) next.push(kindOf(subRoute, 1));
  else if (before.count + delta > 0) next.push(countInKind(before, subRoute, delta));
  const [best, ...others] = next.sort(byRank);
  return best === undefined ? null : levelOf(length, best, others);
}

function countInKind(kind: Kind, subRoute: Rank, delta: number): Kind {
  const isBetter = delta > 0 && subRoute.order > kind.order;
  return kindOf(isBetter ? subRoute : kind, kind.count + delta);
}

function kindOf({ weight, order }: Rank, count: number): Kind {
  return { weight, order, count };
}

function levelOf(length: number, kind: Kind, others: readonly Kind[]): PathLevel {
  const { weight, order, count } = kind;
  return { length, weight, order, count, others: others.length === 0 ? NO_OTHERS : others };
}

function isSameRank(a: Rank, b: Rank): boolean {
  return byRank(a, b) === 0;
}
