import type { Shape } from './shape.ts';

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** The value that a text stands for, where a value of this shape is expected. */
export function valueOf(text: string, { kinds }: Shape): unknown {
  if (kinds.has('number') && NUMBER.test(text)) return Number(text);
  if (kinds.has('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  if (kinds.has('null') && text === '' && !kinds.has('string')) return null;
  return text;
}

const ANY: Shape = { kinds: new Set(), items: null, properties: new Map() };

export function listOf(texts: readonly string[], { items }: Shape): unknown[] {
  return texts.map((text) => valueOf(text, items ?? ANY));
}

/**
 * The object that named texts stand for. A name that comes again is a list where one is expected.
 *
 * @returns null where a name comes again and should not: who reads it may take the one or the other
 */
export function objectOf(
  pairs: Iterable<readonly [name: string, text: string]>,
  { properties }: Shape,
): object | null {
  const byName = new Map<string, string[]>();
  for (const [name, text] of pairs) {
    const texts = byName.get(name);
    if (texts === undefined) byName.set(name, [text]);
    else texts.push(text);
  }
  const members: [string, unknown][] = [];
  for (const [name, texts] of byName) {
    const shape = properties.get(name) ?? ANY;
    if (shape.kinds.has('array')) members.push([name, listOf(texts, shape)]);
    else if (texts.length > 1) return null;
    else members.push([name, valueOf(texts[0]!, shape)]);
  }
  // Also a member called __proto__ is one like any other then.
  return Object.fromEntries(members);
}
