import { parse } from 'yaml';
import type { JsonObject } from '../support/admin-client.ts';

/** What stands in a state file of decK; what is nested is of the same shape. */
export type Content = {
  readonly _format_version: string;
  readonly _info?: { readonly select_tags?: readonly string[] };
  readonly _plugin_configs?: Readonly<Record<string, JsonObject>>;
} & Readonly<Record<string, unknown>>;

/**
 * Reads a state file.
 *
 * @param env for what stands as `${{ env "DECK_…" }}` in it, word for word
 */
export function parseStateFile(text: string, env: Readonly<Record<string, string>> = {}): Content {
  const filled = text.replace(/\$\{\{ env "(DECK_\w+)" \}\}/g, (_, name: string) => {
    const value = env[name];
    if (value === undefined) throw new Error(`environment variable '${name}' is not set`);
    return value;
  });
  const content = parse(filled) as Content;
  if (content._format_version !== '3.0') {
    throw new Error(`cannot apply '${content._format_version}' config format version`);
  }
  return content;
}

/** The entities of a list in a file. */
export function entitiesIn(parent: Readonly<JsonObject>, list: string): JsonObject[] {
  return (parent[list] ?? []) as JsonObject[];
}

/** Every plugin of a file, wherever it stands. */
export function pluginNames(content: Content): string[] {
  const names: string[] = [];
  const visit = (parent: Readonly<JsonObject>): void => {
    for (const plugin of entitiesIn(parent, 'plugins')) names.push(plugin['name'] as string);
    for (const list of ['services', 'routes', 'consumers']) {
      for (const child of entitiesIn(parent, list)) visit(child);
    }
  };
  visit(content);
  return names;
}
