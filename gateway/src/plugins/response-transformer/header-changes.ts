import { isFramingField, warnOfOwnFields } from '../../plugin/framing-names.ts';
import { fieldValue, inOnePiece } from '../../plugin/header-line.ts';
import { nameValue, nameValues } from '../../plugin/name-value.ts';
import type { PluginLog, ResponseView } from '../../plugin/plugin.ts';
import type { ResponseTransformerConfig } from './schema.ts';

/** Fields that there is one of, and that the gateway adds where they are missing. */
const SINGLE: ReadonlySet<string> = new Set(['content-type', 'date', 'server']);

const NO_NAMES: readonly string[] = [];

/** A field to set, by its lower-case name. */
interface Setting {
  readonly lower: string;
  readonly name: string;
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

  const edits = [
    ...removed.filter((name) => !isFramingField(name)).map(removal),
    ...renamed
      .filter(({ name, value }) => !isFraming(name) && !isFraming(value))
      .map(({ name, value }) => renaming(name.toLowerCase(), value)),
    ...withoutFraming(replaced).map(replacement),
    ...additions(withoutFraming(added), withoutFraming(appended)),
  ];
  if (edits.length === 0) return null;
  return function change(response) {
    for (const edit of edits) edit(response);
  };
}

function isFraming(name: string): boolean {
  return isFramingField(name.toLowerCase());
}

type Edit = (response: ResponseView) => void;

function settingsOf(texts: readonly string[]): Setting[] {
  return nameValues(texts).map(({ name, value }) => {
    return { lower: name.toLowerCase(), name, value: fieldValue(value) };
  });
}

function withoutFraming(settings: readonly Setting[]): Setting[] {
  return settings.filter(({ lower }) => !isFramingField(lower));
}

function removal(name: string): Edit {
  return (response) => response.removeHeader(name);
}

function renaming(from: string, to: string): Edit {
  const isSame = from === to.toLowerCase();
  return (response) => {
    const [first, ...others] = response.headerValues(from);
    if (first === undefined) return;
    response.setHeader(to, first);
    for (const value of others) response.addHeader(to, value);
    if (!isSame) response.removeHeader(from);
  };
}

function replacement({ lower, name, value }: Setting): Edit {
  return (response) => {
    if (response.header(lower) !== undefined) response.setHeader(name, value);
  };
}

/** What only adds lines is put together once, as far as it can be. */
function additions(added: readonly Setting[], appended: readonly Setting[]): Edit[] {
  const edits: Edit[] = [];
  const once = added.filter(({ lower }, i) => added.findIndex((a) => a.lower === lower) === i);
  const lines = once.filter(({ lower }) => !SINGLE.has(lower));
  const tail = appended.filter(({ lower }) => !SINGLE.has(lower));
  if (lines.length + tail.length > 0) edits.push(linesAdded(lines, tail));
  for (const { lower, name, value } of once.filter((each) => SINGLE.has(each.lower))) {
    edits.push((response) => {
      if (response.header(lower) === undefined) response.setHeader(name, value);
    });
  }
  for (const { name, value } of appended.filter((each) => SINGLE.has(each.lower))) {
    edits.push((response) => response.setHeader(name, value));
  }
  return edits;
}

function linesAdded(added: readonly Setting[], appended: readonly Setting[]): Edit {
  const tail = appended.map(lineOf).join('');
  const all = inOnePiece(added.map(lineOf).join('') + tail);
  const isMissing = (response: ResponseView, { lower }: Setting): boolean =>
    response.header(lower) === undefined;
  return (response) => {
    let missing = 0;
    for (const setting of added) if (isMissing(response, setting)) missing++;
    if (missing === added.length) response.setLines(NO_NAMES, all);
    else {
      const lines = added.filter((setting) => isMissing(response, setting)).map(lineOf);
      response.setLines(NO_NAMES, lines.join('') + tail);
    }
  };
}

function lineOf({ name, value }: Setting): string {
  return `${name}: ${value}\r\n`;
}
