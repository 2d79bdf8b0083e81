import { RenderError } from './template-error.ts';
import { joinable, textOf, typeOf, type Value } from './value.ts';

/** A function of Lua's that templates can call: pure, and done in time linear in its arguments. */
export interface TemplateFunction {
  readonly least: number;
  readonly most: number;
  readonly call: (args: readonly Value[]) => Value;
}

/** Those of `string`, which are also methods of texts: `headers.x:upper()`. */
export const stringFunctions: ReadonlyMap<string, TemplateFunction> = new Map([
  ['len', { least: 1, most: 1, call: ([text]) => Buffer.byteLength(first(text)) }],
  ['lower', { least: 1, most: 1, call: ([text]) => lower(first(text)) }],
  ['upper', { least: 1, most: 1, call: ([text]) => upper(first(text)) }],
  ['sub', { least: 2, most: 3, call: ([text, from, to]) => sub(first(text), from, to) }],
] satisfies [string, TemplateFunction][]);

export const functions: ReadonlyMap<string, TemplateFunction> = new Map([
  ['tonumber', { least: 1, most: 1, call: ([value]) => numberOf(value ?? null) }],
  ['tostring', { least: 1, most: 1, call: ([value]) => spelled(value ?? null) }],
  ['type', { least: 1, most: 1, call: ([value]) => typeOf(value ?? null) }],
] satisfies [string, TemplateFunction][]);

function first(value: Value | undefined): string {
  return joinable(value ?? null, 'what a function of texts was given');
}

/** Lua knows no letters beyond ASCII. */
function lower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function upper(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** Characters from one place to another, counted from 1, or from the end where negative. */
function sub(text: string, from: Value | undefined, to: Value | undefined): string {
  const begin = placeOf(from ?? 1);
  const end = placeOf(to ?? -1);
  const start = begin < 0 ? Math.max(text.length + begin, 0) : Math.max(begin - 1, 0);
  return text.slice(start, end < 0 ? Math.max(text.length + end + 1, 0) : end);
}

function placeOf(value: Value): number {
  const place = numberOf(value);
  if (place === null) throw new RenderError('a place in a text must be a number');
  return Math.floor(place);
}

function numberOf(value: Value): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^\s*-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(value)) {
    return null;
  }
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

function spelled(value: Value): string {
  return value === null || value === false ? (value === null ? 'nil' : 'false') : textOf(value);
}
