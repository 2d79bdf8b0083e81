import assert from 'node:assert/strict';
import type { EntityTables } from '../../entities/tables.ts';
import { knownPlugins } from '../../plugins/known.ts';
import { parseDeclarative } from '../parse.ts';
import { formatProblem } from '../problem.ts';

type Env = Readonly<Record<string, string>>;

/** The entities of a document that is right. */
export function entitiesOf(text: string, env: Env = {}, fileName = 'kong.yaml'): EntityTables {
  const result = parseDeclarative(text, fileName, { plugins: knownPlugins, env });
  assert.deepEqual(result.ok ? [] : result.problems.map(formatProblem), []);
  assert.ok(result.ok);
  return result.entities;
}

/** What is wrong with a document, a line each: `line:column: …`. */
export function problemsOf(text: string, env: Env = {}, fileName = 'kong.yaml'): string[] {
  const result = parseDeclarative(text, fileName, { plugins: knownPlugins, env });
  if (result.ok) return [];
  return result.problems.map((problem) => formatProblem(problem).slice(fileName.length + 1));
}
