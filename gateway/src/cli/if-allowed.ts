import type { Problem } from '../config/problem.ts';

/** A plugin that cannot run where it would have to, with what `--allow-unsupported-plugins` does to it. */
export function ifAllowed(problem: Problem): Problem {
  const hint = '(with --allow-unsupported-plugins it is stored without effect)';
  return { ...problem, message: `${problem.message} ${hint}` };
}
