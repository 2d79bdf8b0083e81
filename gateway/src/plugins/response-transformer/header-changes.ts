import { isFramingField, warnOfOwnFields } from '../../plugin/framing-names.ts';
import { HeaderEdits, type NamedEdit } from '../../plugin/header-edits.ts';
import { fieldValue } from '../../plugin/header-line.ts';
import { nameValue, nameValues } from '../../plugin/name-value.ts';
import type { PluginLog, ResponseView } from '../../plugin/plugin.ts';
import type { ResponseTransformerConfig } from './schema.ts';

/** Fields that there is one of, and that the gateway adds where they are missing. */
const SINGLE: ReadonlySet<string> = new Set(['content-type', 'date', 'server']);

const NO_VALUES: readonly string[] = [];

interface Setting extends NamedEdit {
  readonly value: string;
}

/** What the configuration does to the headers of a response, in Kong's order; null for nothing. */
export function headerChanges(
  config: ResponseTransformerConfig,
  log: PluginLog,
): ((response: ResponseView) => void) | null {
  const { remove, rename, replace, add, append } = config;
  const removed = remove.headers.map((text) => nameValue(text).name.toLowerCase());
  const renamed = nameValues(rename.headers);
  const replaced = settingsOf(replace.headers);
  const added = settingsOf(add.headers);
  const appended = settingsOf(append.headers);
  const both = renamed.flatMap(({ name, value }) => [name, value]);
  const set = [...replaced, ...added, ...appended].map(({ name }) => name);
  warnOfOwnFields([...removed, ...both, ...set], isFraming, log);

  const edits = new HeaderEdits({
    remove: removed.filter((name) => !isFraming(name)),
    rename: renamed.filter(({ name, value }) => !isFraming(name) && !isFraming(value)),
    replace: withoutFraming(replaced),
    add: withoutFraming(added),
    append: withoutFraming(appended).filter(({ name }) => !isSingle(name)),
  });
  const single = appended.filter(({ name }) => isSingle(name));
  if (edits.isEmpty && single.length === 0) return null;
  return function change(response) {
    response.edit(edits, NO_VALUES);
    for (const { name, value } of single) response.setHeader(name, value);
  };
}

function isFraming(name: string): boolean {
  return isFramingField(name.toLowerCase());
}

function isSingle(name: string): boolean {
  return SINGLE.has(name.toLowerCase());
}

function settingsOf(texts: readonly string[]): Setting[] {
  return nameValues(texts).map(({ name, value }) => ({ name, value: fieldValue(value) }));
}

function withoutFraming(settings: readonly Setting[]): Setting[] {
  return settings.filter(({ name }) => !isFraming(name));
}
