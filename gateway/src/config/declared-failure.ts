import type { Path } from '../entities/schema/failure.ts';
import type { EntityNode } from './node.ts';

/**
 * Something wrong with a declarative document, as Kong's `/config` tells it: in its own words, and at
 * a place in its tree of `fields`.
 */
export interface DeclaredFailure {
  readonly stage: Stage;
  readonly path: Path;
  readonly message: string;
  /** The place takes several messages. */
  readonly list?: true;
  /** The entity at fault; absent when it is the document. */
  readonly node?: EntityNode | undefined;
  /** The place within that entity; empty when it is the entity as a whole. */
  readonly within?: Path;
}

/**
 * Kong judges a document in stages, and tells what the first one finds that finds anything:
 *
 * - `schema`: each entity by itself. References that lead nowhere are noticed here, as `dangling`,
 *   but only when something else is wrong
 * - `whole`: names and ids that are repeated, and references
 * - `unique`: other fields that are repeated
 *
 * What only Sluice refuses (`sluice`) is told of entities with which nothing is wrong for Kong.
 */
export type Stage = 'schema' | 'dangling' | 'whole' | 'unique' | 'sluice';

/** What is told of all that was found. */
export function firstStage(failures: readonly DeclaredFailure[]): readonly DeclaredFailure[] {
  const of = (...stages: readonly Stage[]): DeclaredFailure[] =>
    failures.filter(({ stage }) => stages.includes(stage));
  const told = firstOfKong(of);
  const nodes = new Set(told.map(({ node }) => node));
  return [...told, ...of('sluice').filter(({ node }) => !nodes.has(node))];
}

function firstOfKong(
  of: (...stages: readonly Stage[]) => readonly DeclaredFailure[],
): readonly DeclaredFailure[] {
  const broken = of('schema');
  if (broken.length > 0) return [...broken, ...of('dangling').filter(isNews(broken))];
  const repeated = of('whole');
  return repeated.length > 0 ? repeated : of('unique');
}

/** Where nothing may be referred to it does not matter that the reference leads nowhere. */
function isNews(others: readonly DeclaredFailure[]): (failure: DeclaredFailure) => boolean {
  const places = new Set(others.map(({ path }) => path.join('/')));
  return ({ path }) => !places.has(path.slice(0, -1).join('/'));
}
