import type { Caveat } from '../config/caveats/caveat.ts';
import { caveatsOf } from '../config/caveats/caveats.ts';
import { misreadPasswords } from '../config/caveats/password-caveats.ts';
import { readDeclaration } from '../config/declaration.ts';
import { parseDeclarative } from '../config/parse.ts';
import type { Problem } from '../config/problem.ts';
import { storedCaveats } from '../config/caveats/stored-caveats.ts';
import type { EntityTables } from '../entities/tables.ts';
import { bundledPlugins } from '../plugins/bundled.ts';
import { knownPlugins } from '../plugins/known.ts';
import { ifAllowed } from './if-allowed.ts';
import type { Io } from './io.ts';

/** What there is to say of a file. */
export interface Judged {
  /** Null when something is wrong. */
  readonly tables: EntityTables | null;
  readonly problems: readonly Problem[];
  readonly caveats: readonly Caveat[];
  /** Whether all of it was looked at. */
  readonly isWhole: boolean;
}

type Judge = (text: string, file: string, environment: Io['environment']) => Judged;

/** As a start with the file does. */
export const judgeToServe: Judge = (text, file, env) => {
  const result = parseDeclarative(text, file, { plugins: knownPlugins, env });
  if (!result.ok) return { ...result, tables: null };
  return { tables: result.entities, ...good(result.entities, result.transform) };
};

/** As an import into an empty store does. */
export const judgeToStore: Judge = (text, file, env) => {
  const result = readDeclaration(text, { plugins: knownPlugins, env, name: file });
  const unservable = result.unservable.problems.map(ifAllowed);
  if (!result.ok) {
    return { ...result, tables: null, problems: [...result.problems, ...unservable] };
  }
  const found = good(result.tables, result.transform);
  if (unservable.length === 0) return { tables: result.tables, ...found };
  // What is refused is not kept without effect.
  const refused = new Set(unservable.map(({ unsupported }) => unsupported?.group));
  const caveats = found.caveats.filter(({ subject }) => !refused.has(subject));
  return { tables: null, problems: unservable, caveats, isWhole: true };
};

/** The caveats, too, of what may stand in a file since it would not take effect in Kong either. */
function good(tables: EntityTables, transform: boolean): Omit<Judged, 'tables'> {
  const caveats = [
    ...caveatsOf(tables),
    ...misreadPasswords(tables, transform),
    ...storedCaveats(tables, bundledPlugins),
  ];
  return { problems: [], caveats, isWhole: true };
}
