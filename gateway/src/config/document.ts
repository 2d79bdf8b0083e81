import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  visit,
  type Document,
  type Node,
} from 'yaml';
import type { Path } from '../entities/schema/failure.ts';
import { jsonMistake } from './text/json-mistake.ts';
import type { Mistake, SourceText } from './text/source-text.ts';
import { inOurWords, yamlMistakes } from './text/yaml-mistakes.ts';

/** More references to anchors than this are taken for an attack on memory. */
const maxAliases = 10_000;

/** A parsed file: its values, and where each of them stands. */
export interface ParsedDocument {
  readonly value: unknown;
  /** Whether it is JSON: then no part of it depends on another. */
  readonly isJson: boolean;
  /**
   * Offset in the parsed text of the value at `path`, or of the last value on the way to it that
   * exists.
   *
   * @param key point at the name of the last field, not at its value
   */
  readonly offsetOf: (path: Path, key: boolean) => number;
}

/**
 * Parses JSON or YAML. JSON goes through `JSON.parse`, and its positions are only computed when
 * somebody asks for one: that is fifty times faster.
 *
 * @param fileName decides about the syntax when it ends in `.json`
 */
export function parseSource(source: SourceText, fileName: string): ParsedDocument | Mistake[] {
  const { text } = source;
  const isJson = /\.json$/i.test(fileName);
  if (isJson || /^\s*[{[]/.test(text)) {
    try {
      const value: unknown = JSON.parse(text);
      if (!hasRepeatedFields(text, value)) return lazily(text, value);
    } catch (error) {
      if (isJson) return [jsonMistake(text, error)];
    }
  }
  const document = parse(text);
  const mistakes = yamlMistakes(document, text);
  if (mistakes.length > 0) return mistakes;
  try {
    const value: unknown = document.toJS({ maxAliasCount: maxAliases });
    return { value, isJson: false, offsetOf: (path, key) => offsetIn(document, path, key) };
  } catch (error) {
    const unresolved = aliasesWithoutAnchor(document);
    if (unresolved.length > 0) return unresolved;
    return [{ offset: 0, message: inOurWords((error as Error).message) }];
  }
}

function parse(text: string): Document {
  return parseDocument(text, { merge: true, prettyErrors: false, uniqueKeys: true });
}

function lazily(text: string, value: unknown): ParsedDocument {
  let document: Document | undefined;
  return {
    value,
    isJson: true,
    offsetOf: (path, key) => offsetIn((document ??= parse(text)), path, key),
  };
}

/** The parser finds these only when it makes values, and does not say where they stand. */
function aliasesWithoutAnchor(document: Document): Mistake[] {
  const anchors = new Set<string>();
  const found: Mistake[] = [];
  visit(document, {
    Node: (_key, node) => {
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.add(node.anchor);
      } else if (!anchors.has(node.source)) {
        const message = `*${node.source} refers to nothing before it; quote it if it is a text`;
        found.push({ offset: node.range?.[0] ?? 0, message });
      }
    },
  });
  return found;
}

function offsetIn(document: Document, path: Path, key: boolean): number {
  let node = resolved(document, document.contents);
  let offset = node?.range?.[0] ?? 0;
  for (const [depth, step] of path.entries()) {
    const next = stepInto(node, step);
    if (next === undefined) break;
    const wantKey = key && depth === path.length - 1;
    offset = (wantKey ? next.key : next.value)?.range?.[0] ?? next.key?.range?.[0] ?? offset;
    node = resolved(document, next.value);
  }
  return offset;
}

function stepInto(
  node: Node | null,
  step: string | number,
): { key: Node | null; value: Node | null } | undefined {
  if (isSeq(node)) {
    const value = node.items[Number(step)] as Node | undefined;
    return value === undefined ? undefined : { key: value, value };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  return pair === undefined
    ? undefined
    : { key: pair.key as Node, value: (pair.value ?? null) as Node | null };
}

function resolved(document: Document, node: Node | null): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node;
}

/**
 * Whether some object in a JSON text has two fields of one name: `JSON.parse` keeps the last and
 * says nothing. Comparing how many names the text has with how many arrived finds that out at little
 * cost.
 *
 * @param value what the text was parsed to
 */
export function hasRepeatedFields(text: string, value: unknown): boolean {
  return countKeysInText(text) !== countKeys(value);
}

function countKeysInText(text: string): number {
  let keys = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at)) {
    at = endOfString(text, at + 1);
    if (isColonNext(text, at)) keys += 1;
  }
  return keys;
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start);
  while (end !== -1 && isEscaped(text, end, start)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end + 1;
}

function isEscaped(text: string, at: number, start: number): boolean {
  let backslashes = 0;
  while (at - backslashes > start && text.charCodeAt(at - backslashes - 1) === 0x5c)
    backslashes += 1;
  return backslashes % 2 === 1;
}

function isColonNext(text: string, at: number): boolean {
  let next = at;
  while (text.charCodeAt(next) <= 0x20) next += 1;
  return text.charCodeAt(next) === 0x3a;
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let keys = 0;
  if (Array.isArray(value)) {
    for (const element of value as unknown[]) keys += countKeys(element);
    return keys;
  }
  for (const inner of Object.values(value)) keys += 1 + countKeys(inner);
  return keys;
}
