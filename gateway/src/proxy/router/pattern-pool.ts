import { PersistentMap } from '../../snapshot/persistent-map.ts';
import { PathPattern } from './path-pattern.ts';

interface Use {
  readonly pattern: PathPattern;
  readonly users: number;
}

/** The expressions of a router by source: a version that never changes. */
export type PatternPool = PersistentMap<Use>;

export const NO_PATTERNS: PatternPool = PersistentMap.ofTexts();

/** The next version of a pool while its router is built. */
export class PatternPoolEdit {
  readonly #edit: ReturnType<PatternPool['edit']>;
  readonly #known: PatternPool;

  /** @param known where expressions are taken from that `pool` does not have */
  constructor(pool: PatternPool, known: PatternPool) {
    this.#edit = pool.edit();
    this.#known = known;
  }

  /** An expression for one more user. */
  take(source: string): PathPattern {
    const use = this.#edit.get(source);
    const pattern = use?.pattern ?? this.#known.get(source)?.pattern ?? new PathPattern(source);
    this.#edit.set(source, { pattern, users: (use?.users ?? 0) + 1 });
    return pattern;
  }

  /** The same expression, given back by a user. */
  giveBack(source: string): PathPattern {
    const use = this.#edit.get(source);
    if (use === undefined) return new PathPattern(source);
    if (use.users === 1) this.#edit.delete(source);
    else this.#edit.set(source, { ...use, users: use.users - 1 });
    return use.pattern;
  }

  done(): PatternPool {
    return this.#edit.done();
  }
}
