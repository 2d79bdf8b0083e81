import type { PluginSchemas } from '../entities/plugin.ts';
import type { EntityTables } from '../entities/tables.ts';
import { firstStage, type DeclaredFailure } from './declared-failure.ts';
import type { EntityNode } from './node.ts';
import type { Problem } from './problem.ts';
import { readWhole } from './read-whole.ts';
import { SourceText } from './source-text.ts';

export type Declaration =
  | {
      readonly ok: true;
      readonly tables: EntityTables;
      /** The entities as they were written. */
      readonly nodes: readonly EntityNode[];
      /** Whether secrets still have to be hashed. */
      readonly transform: boolean;
    }
  | {
      readonly ok: false;
      /** As Kong tells it. */
      readonly failures: readonly DeclaredFailure[];
      /** For people, in the order of the text. */
      readonly problems: readonly Problem[];
    };

export interface DeclarationOptions {
  readonly plugins: PluginSchemas;
  /** Whether YAML will do too. */
  readonly syntax?: 'json' | 'any';
  /** Values for decK's `${{ env "DECK_…" }}`; without them such a text stands for itself. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Shown in problems. */
  readonly name?: string;
}

/**
 * Reads a declarative document of which the entities are to be kept as in a store: what this version
 * cannot serve yet is no mistake here.
 */
export function readDeclaration(text: string, options: DeclarationOptions): Declaration {
  const { plugins, syntax = 'any', env = null, name = 'config' } = options;
  const source = new SourceText(text, env);
  const fileName = syntax === 'json' ? `${name}.json` : name;
  const document = readWhole(source, fileName, { plugins, purpose: 'store' });
  if (!document.ok) {
    return { ok: false, failures: firstStage(document.failures), problems: document.problems };
  }
  const { tables, nodes, rules } = document;
  return { ok: true, tables, nodes, transform: rules.transform };
}
