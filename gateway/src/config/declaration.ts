import type { PluginSchemas } from '../entities/plugin.ts';
import type { EntityTables } from '../entities/tables.ts';
import type { Caveat } from './caveats/caveat.ts';
import type { Purpose } from './entity-checker.ts';
import { firstStage, type DeclaredFailure } from './declared-failure.ts';
import type { EntityNode } from './node.ts';
import type { Problem } from './problem.ts';
import { readWhole, type Unservable } from './read-whole.ts';
import { SourceText } from './text/source-text.ts';

export type Declaration =
  | {
      readonly ok: true;
      readonly tables: EntityTables;
      /** The entities as they were written. */
      readonly nodes: readonly EntityNode[];
      /** Where one of them stands, as `file:line:column`. */
      readonly placeOf: (node: EntityNode) => string;
      /** Whether secrets still have to be hashed. */
      readonly transform: boolean;
      /** Plugins that would have to run on one of its routes, and cannot; known by their place. */
      readonly unservable: Unservable;
    }
  | {
      readonly ok: false;
      /** As Kong tells it. */
      readonly failures: readonly DeclaredFailure[];
      /** For people, in the order of the text. */
      readonly problems: readonly Problem[];
      readonly unservable: Unservable;
      /** Of the entities that are right by themselves. */
      readonly caveats: readonly Caveat[];
      /** Whether all of it was looked at; otherwise there may be more problems. */
      readonly isWhole: boolean;
    };

export interface DeclarationOptions {
  readonly plugins: PluginSchemas;
  /** As in `Judgement`; to store it, unless it says otherwise. */
  readonly purpose?: Purpose;
  readonly allowUnsupportedPlugins?: boolean;
  /** Whether YAML will do too. */
  readonly syntax?: 'json' | 'any';
  /** Values for decK's `${{ env "DECK_…" }}`; without them such a text stands for itself. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Shown in problems. */
  readonly name?: string;
}

/**
 * Reads a declarative document that somebody hands over. Where its entities are to be kept as in a
 * store, what this version cannot serve yet is no mistake.
 */
export function readDeclaration(text: string, options: DeclarationOptions): Declaration {
  const { syntax = 'any', env = null, name = 'config', purpose = 'store' } = options;
  const source = new SourceText(text, env);
  const fileName = syntax === 'json' ? `${name}.json` : name;
  const document = readWhole(source, fileName, { ...options, purpose });
  if (!document.ok) {
    return { ...document, failures: firstStage(document.failures) };
  }
  const { tables, nodes, placeOf, rules, unservable } = document;
  return { ok: true, tables, nodes, placeOf, transform: rules.transform, unservable };
}
