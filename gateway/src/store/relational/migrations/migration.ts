import type { Dialect } from '../database.ts';

/**
 * A step from one version of the tables to the next. Once published it never changes again: whoever
 * has run it has run it. A new one is added instead.
 */
export interface Migration {
  /** 1, 2, 3, … */
  readonly version: number;
  /** What it does, in a few words. */
  readonly title: string;
  readonly statements: (kind: Dialect['kind']) => readonly string[];
}
