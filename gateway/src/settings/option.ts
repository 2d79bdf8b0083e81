import type { Kind } from './kinds.ts';

/** One setting of a node. Flags, variables, help and the reference are all made from these. */
export interface Option<T = unknown> {
  readonly kind: Kind<T>;
  /** As an operator would write it; absent when the setting can be left out and has no default. */
  readonly default?: string;
  readonly help: string;
  /** A sensible value, shown when a bad one was given. */
  readonly example: string;
  /** The setting of `kong.conf` that it stands for. */
  readonly kong?: string;
}

/** A setting that always has a value. */
export function option<T>(kind: Kind<T>, rest: Omit<Option<T>, 'kind'>): Option<T> {
  return { kind, ...rest };
}

/** A setting that need not have a value. */
export function optional<T>(
  kind: Kind<T>,
  rest: Omit<Option<T>, 'kind' | 'default'>,
): Option<T | undefined> {
  return { kind, ...rest };
}
