import { setOwn } from '../entities/schema/own.ts';
import type { TableName } from '../entities/tables.ts';
import type { Values } from './node.ts';

/** What decK's own sections say about the entities of a file. */
export interface DeckInfo {
  /** Tags that every entity gets. */
  readonly tags: readonly string[];
  /** Values for fields that an entity leaves out, by table. */
  readonly defaults: ReadonlyMap<TableName, Values>;
  /** Shared configurations that plugins take by name. */
  readonly pluginConfigs: ReadonlyMap<string, Values>;
}

export interface DeckProblem {
  readonly path: readonly string[];
  readonly message: string;
  readonly unsupported?: { readonly otherEdition: boolean };
}

const defaultsTables: ReadonlyMap<string, TableName> = new Map([
  ['service', 'services'],
  ['route', 'routes'],
  ['upstream', 'upstreams'],
  ['target', 'targets'],
]);

/** Reads `_info` and `_plugin_configs`. */
export function readDeckInfo(document: Values, problems: DeckProblem[]): DeckInfo {
  const info = record(document._info, ['_info'], problems);
  const tags = info.select_tags ?? [];
  if (!Array.isArray(tags) || !tags.every((tag) => typeof tag === 'string')) {
    problems.push({ path: ['_info', 'select_tags'], message: 'expected a list of strings' });
  }
  refuseOtherInfo(info, problems);
  const defaults = new Map<TableName, Values>();
  const given = record(info.defaults, ['_info', 'defaults'], problems);
  for (const [name, values] of Object.entries(given)) {
    const table = defaultsTables.get(name);
    const path = ['_info', 'defaults', name];
    if (table === undefined) problems.push({ path, message: 'unknown field' });
    else defaults.set(table, record(values, path, problems));
  }
  const configs = record(document._plugin_configs, ['_plugin_configs'], problems);
  const pluginConfigs = Object.entries(configs).map(
    ([name, config]) => [name, record(config, ['_plugin_configs', name], problems)] as const,
  );
  return {
    tags: Array.isArray(tags) ? (tags as string[]) : [],
    defaults,
    pluginConfigs: new Map(pluginConfigs),
  };
}

/** Settings of `_info` that only speak to decK, or to Kong Enterprise. */
function refuseOtherInfo(info: Values, problems: DeckProblem[]): void {
  for (const [name, value] of Object.entries(info)) {
    if (name === 'select_tags' || name === 'defaults') continue;
    const path = ['_info', name];
    if (name === 'default_lookup_tags') {
      const used = Object.values(record(value, path, problems)).flat();
      if (used.length > 0) {
        const message =
          'refers to entities outside of this file, which Sluice does not support yet';
        problems.push({ path, message, unsupported: { otherEdition: false } });
      }
    } else if (name === 'consumer_group_policy_overrides' || name === 'skip_hash_for_basic_auth') {
      if (value === false || value === null) continue;
      const otherEdition = name === 'consumer_group_policy_overrides';
      const message = otherEdition
        ? 'consumer groups belong to Kong Enterprise'
        : 'is not supported by Sluice yet';
      problems.push({ path, message, unsupported: { otherEdition } });
    } else problems.push({ path, message: 'unknown field' });
  }
}

function record(value: unknown, path: readonly string[], problems: DeckProblem[]): Values {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Values;
  problems.push({ path, message: 'expected a record' });
  return {};
}

/** Fills in what decK would. */
export function applyDeckDefaults(
  table: TableName,
  input: Record<string, unknown>,
  info: DeckInfo,
): void {
  const defaults = info.defaults.get(table);
  if (defaults !== undefined) merge(input, defaults);
  if (info.tags.length === 0) return;
  const { tags } = input;
  if (tags === undefined || tags === null) input.tags = [...info.tags];
  else if (Array.isArray(tags)) input.tags = [...new Set([...(tags as unknown[]), ...info.tags])];
}

function merge(input: Record<string, unknown>, defaults: Values): void {
  for (const [name, value] of Object.entries(defaults)) {
    const given = Object.hasOwn(input, name) ? input[name] : undefined;
    if (given === undefined) setOwn(input, name, value);
    else if (isRecord(given) && isRecord(value)) {
      const inner = { ...given };
      merge(inner, value);
      setOwn(input, name, inner);
    }
  }
}

function isRecord(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
