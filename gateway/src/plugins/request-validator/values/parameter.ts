import { listOf, objectOf, valueOf } from './from-text.ts';
import type { Shape } from './shape.ts';

export const STYLES = [
  'deepObject',
  'form',
  'label',
  'matrix',
  'pipeDelimited',
  'simple',
  'spaceDelimited',
] as const;

export type Style = (typeof STYLES)[number];

export type ParameterPlace = 'cookie' | 'header' | 'path' | 'query';

/** How a parameter is written. */
export interface ParameterForm {
  readonly in: ParameterPlace;
  readonly name: string;
  readonly style: Style;
  /** Lists and objects have a name, or a delimiter, for each of their values. */
  readonly explode: boolean;
  readonly shape: Shape;
}

/** What is written in a way that cannot be read, or can be read in several. */
export const UNCLEAR = Symbol('unclear');

/** Names as they are meant, texts as they were sent. */
export type Pairs = readonly (readonly [name: string, text: string])[];

/**
 * The value of a parameter among pairs, as queries and cookies have them.
 *
 * @returns undefined where there is none
 */
export function valueAmong(pairs: Pairs, form: ParameterForm): unknown {
  const { name, style, explode, shape } = form;
  const { kinds } = shape;
  if (kinds.has('object') && style === 'deepObject') return deepObject(pairs, form);
  if (kinds.has('object') && style === 'form' && explode) return spreadObject(pairs, form);
  const texts = pairs.filter(([each]) => each === name).map(([, text]) => text);
  if (texts.length === 0) return undefined;
  if (kinds.has('array') && explode) return decoded(texts, form, (all) => listOf(all, shape));
  // Whoever reads it may take the one or the other.
  if (texts.length > 1) return UNCLEAR;
  const [text = ''] = texts;
  if (kinds.has('array') || kinds.has('object')) return delimited(text, SEPARATORS[style], form);
  return decoded(texts, form, ([one = '']) => valueOf(one, shape));
}

/** The value of a parameter that is one text, as headers and segments of paths have it. */
export function valueOfText(text: string, form: ParameterForm): unknown {
  const { style, explode, name, shape } = form;
  const rest = withoutPrefix(text, form);
  if (rest === null) return UNCLEAR;
  if (!shape.kinds.has('array') && !shape.kinds.has('object')) {
    return decoded([rest], form, ([one = '']) => valueOf(one, shape));
  }
  const separator = style === 'label' && explode ? '.' : style === 'matrix' && explode ? ';' : ',';
  if (shape.kinds.has('array')) {
    const prefix = style === 'matrix' && explode ? `${name}=` : '';
    const texts = rest.split(separator);
    const own = texts.map((one, i) =>
      i > 0 && one.startsWith(prefix) ? one.slice(prefix.length) : one,
    );
    return decoded(own, form, (all) => listOf(all, shape));
  }
  if (!explode) return delimited(rest, separator, form);
  const pairs = rest.split(separator).map((one): [string, string] => {
    const equals = one.indexOf('=');
    return equals === -1 ? [one, ''] : [one.slice(0, equals), one.slice(equals + 1)];
  });
  return namedTexts(pairs, form);
}

const SEPARATORS: Readonly<Record<Style, string | RegExp>> = {
  deepObject: ',',
  form: ',',
  label: '.',
  matrix: ';',
  pipeDelimited: /\||%7C/i,
  simple: ',',
  spaceDelimited: /%20|\+| /,
};

/** What stands in front of a value of the styles for paths is not part of it. */
function withoutPrefix(
  text: string,
  { style, explode, name, shape }: ParameterForm,
): string | null {
  if (style === 'label') return text.startsWith('.') ? text.slice(1) : null;
  if (style !== 'matrix') return text;
  const prefix = shape.kinds.has('object') && explode ? ';' : `;${name}=`;
  return text.startsWith(prefix) ? text.slice(prefix.length) : null;
}

function delimited(text: string, separator: string | RegExp, form: ParameterForm): unknown {
  const texts = text.split(separator);
  if (form.shape.kinds.has('array')) return decoded(texts, form, (all) => listOf(all, form.shape));
  if (texts.length % 2 !== 0) return UNCLEAR;
  const pairs = texts.flatMap((name, i): [string, string][] =>
    i % 2 === 0 ? [[name, texts[i + 1]!]] : [],
  );
  return namedTexts(pairs, form);
}

function spreadObject(pairs: Pairs, form: ParameterForm): unknown {
  const own = pairs.filter(([name]) => form.shape.properties.has(name));
  return own.length === 0 ? undefined : decodedObject(own, form);
}

function deepObject(pairs: Pairs, form: ParameterForm): unknown {
  const prefix = `${form.name}[`;
  const own = pairs
    .filter(([each]) => each.startsWith(prefix) && each.endsWith(']'))
    .map(([each, text]): [string, string] => [each.slice(prefix.length, -1), text]);
  return own.length === 0 ? undefined : decodedObject(own, form);
}

/** An object of which the names are escaped as its texts are. */
function namedTexts(pairs: Pairs, form: ParameterForm): unknown {
  const names = pairs.map(([name]) => name);
  const plain = decoded(names, form, (all) => all);
  if (plain === UNCLEAR) return UNCLEAR;
  return decodedObject(
    pairs.map(([, text], i) => [(plain as string[])[i]!, text]),
    form,
  );
}

function decodedObject(pairs: Pairs, form: ParameterForm): unknown {
  const texts = pairs.map(([, text]) => text);
  return decoded(texts, form, (all) => {
    const named = pairs.map(([name], i): [string, string] => [name, all[i]!]);
    return objectOf(named, form.shape) ?? UNCLEAR;
  });
}

/** Undoes the escapes of paths and queries; headers and cookies have none. */
function decoded(
  texts: readonly string[],
  { in: place }: ParameterForm,
  make: (texts: readonly string[]) => unknown,
): unknown {
  if (place === 'header' || place === 'cookie') return make(texts);
  let plain: string[];
  try {
    plain = texts.map((text) => (text.includes('%') ? decodeURIComponent(text) : text));
  } catch {
    // Escapes that are no UTF-8.
    return UNCLEAR;
  }
  return make(plain);
}
