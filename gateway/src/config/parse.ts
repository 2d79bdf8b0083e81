import type { EntityTables } from '../entities/tables.ts';
import type { Caveat } from './caveats/caveat.ts';
import type { PluginSchemas } from '../entities/plugin.ts';
import type { Problem } from './problem.ts';
import { readWhole } from './read-whole.ts';
import { SourceText } from './text/source-text.ts';

export interface DeclarativeOptions {
  /** The plugins that can be configured. */
  readonly plugins: PluginSchemas;
  /**
   * Accept plugins that this version cannot run although they would take effect on a route; routes
   * are served without them.
   */
  readonly allowUnsupportedPlugins?: boolean;
  /** Values for decK's `${{ env "DECK_…" }}`; the process's own environment when absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export type Declarative =
  | {
      readonly ok: true;
      readonly entities: EntityTables;
      /** Whether secrets still have to be hashed; false in files that Kong exported. */
      readonly transform: boolean;
    }
  | {
      readonly ok: false;
      readonly problems: readonly Problem[];
      /** Of the entities that are right by themselves. */
      readonly caveats: readonly Caveat[];
      /** Whether all of it was looked at; otherwise there may be more problems. */
      readonly isWhole: boolean;
    };

/**
 * Reads a declarative configuration as Kong and decK write it, YAML or JSON, and validates all of
 * it: either every entity with defaults filled in, or everything that is wrong, in the order of the
 * file.
 *
 * @param text content of the file
 * @param fileName shown in messages; a name ending in `.json` is held to JSON
 */
export function parseDeclarative(
  text: string,
  fileName: string,
  options: DeclarativeOptions,
): Declarative {
  const source = new SourceText(text, options.env ?? process.env);
  const document = readWhole(source, fileName, options);
  if (!document.ok) return document;
  return { ok: true, entities: document.tables, transform: document.rules.transform };
}
