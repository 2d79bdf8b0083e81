import { readFile } from 'node:fs/promises';
import { parseDeclarative } from '../config/parse.ts';
import { formatProblem } from '../config/problem.ts';
import type { EntityTables } from '../entities/tables.ts';
import { bundledPlugins } from '../plugins/bundled.ts';

/** A configuration that cannot be served, with each thing that is wrong with it. */
export class ConfigurationError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}

/**
 * Reads and validates a declarative file.
 *
 * @throws ConfigurationError when it cannot be read, or naming all that is wrong with it
 */
export async function loadFile(path: string): Promise<EntityTables> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new ConfigurationError([`${path}: ${whyUnreadable(error as NodeJS.ErrnoException)}`]);
  }
  const result = parseDeclarative(text, path, { plugins: bundledPlugins });
  if (!result.ok) throw new ConfigurationError(result.problems.map(formatProblem));
  return result.entities;
}

function whyUnreadable({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
      return 'this is a directory, not a file';
    case 'EACCES':
      return 'the user that runs the gateway may not read it';
    default:
      return `cannot be read: ${message}`;
  }
}
