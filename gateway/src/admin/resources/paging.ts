import type { LiveConfiguration } from '../../control/configuration.ts';
import type { ListQuery, Page } from '../../store/contract.ts';
import { InvalidOffset } from '../../store/contract.ts';
import type { AdminAnswer } from '../endpoint.ts';
import { invalidOffset, invalidOption, invalidSize } from '../errors/kong-errors.ts';

export const USUAL_SIZE = 100;
export const LARGEST_SIZE = 1000;
const MOST_TAGS = 5;

/** Which part of a list a client asks for. */
export interface PageRequest {
  readonly size: number;
  /** What the page before gave. */
  readonly offset: string | undefined;
  readonly tags: ListQuery['tags'];
}

/** @throws AdminError 400 */
export function pageRequest(query: URLSearchParams): PageRequest {
  const tags = tagFilter(query.get('tags'));
  return { tags, size: sizeIn(query), offset: query.get('offset') ?? undefined };
}

/**
 * Gets a page.
 *
 * @param list reads on from a place in the list
 * @throws AdminError 400 when the offset is none that was given out
 */
export async function readPage<T>(
  { offset }: Pick<PageRequest, 'offset'>,
  list: (after: string | undefined) => Promise<Page<T>>,
  mode: LiveConfiguration['mode'] = 'store',
): Promise<Page<T>> {
  if (offset !== undefined && !isPlace(offset, mode)) return { items: [], next: undefined };
  try {
    return await list(offset);
  } catch (error) {
    if (!(error instanceof InvalidOffset)) throw error;
    if (mode === 'file') return { items: [], next: undefined };
    throw invalidOffset(offset ?? '', 'this list has no such place');
  }
}

/** The answer for a page. `path` is that of the list. */
export function pageAnswer(
  path: string,
  query: URLSearchParams,
  data: readonly unknown[],
  next: string | undefined,
): AdminAnswer {
  if (next === undefined) return { status: 200, body: { data, next: null } };
  const parameters = [`offset=${encodeURIComponent(next)}`];
  for (const name of ['tags', 'size']) {
    const value = query.get(name);
    if (value !== null) parameters.push(`${name}=${encodeURIComponent(value)}`);
  }
  return { status: 200, body: { data, offset: next, next: `${path}?${parameters.join('&')}` } };
}

function sizeIn(query: URLSearchParams): number {
  const size = givenSize(query);
  if (size === undefined) return USUAL_SIZE;
  if (Number.isInteger(size) && size >= 1 && size <= LARGEST_SIZE) return size;
  throw invalidSize(`size must be an integer between 1 and ${LARGEST_SIZE}`);
}

/**
 * The size that was asked for, whatever it is.
 *
 * @throws AdminError 400 when it is no number
 */
export function givenSize(query: URLSearchParams): number | undefined {
  const given = query.getAll('size');
  const [text] = given;
  if (text === undefined) return undefined;
  const size = given.length === 1 ? numberIn(text) : NaN;
  if (Number.isNaN(size)) throw invalidSize('size must be a number');
  return size;
}

/** Reads a number as Lua does: blanks around it, exponents and hexadecimal digits are fine. */
function numberIn(text: string): number {
  return /^\s*[+-]?(?:0x[\da-f]+|\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)\s*$/i.test(text)
    ? Number(text.trim().replace(/^([+-])0x/i, '$10x'))
    : NaN;
}

const separated = (separator: string): RegExp =>
  new RegExp(`^[^,/\\p{Cc}]+(?:${separator}[^,/\\p{Cc}]+)*$`, 'u');
const allOfThem = separated(',');
const anyOfThem = separated('/');

/** `a,b`: all of these tags; `a/b`: any of them. */
function tagFilter(text: string | null): ListQuery['tags'] {
  if (text === null) return undefined;
  if (text === '') throw invalidOption('tags', 'cannot be null');
  const separator = allOfThem.test(text) ? ',' : anyOfThem.test(text) ? '/' : undefined;
  if (separator === undefined) throw invalidOption('tags', 'invalid filter syntax');
  const tags = text.split(separator);
  if (tags.length > MOST_TAGS) throw invalidOption('tags', 'cannot query more than 5 tags');
  return separator === ',' ? { all: tags } : { any: tags };
}

/**
 * Whether an offset is worth asking the store about. What is well-formed but says nothing leads, as
 * in Kong, to an empty page; without a database nothing but the letters has a form.
 */
function isPlace(offset: string, mode: LiveConfiguration['mode']): boolean {
  if (!/^[\w+/-]*={0,2}$/.test(offset)) throw invalidOffset(offset, 'bad base64 encoding');
  let place: unknown;
  try {
    place = JSON.parse(Buffer.from(offset, 'base64').toString());
  } catch {
    if (mode === 'file') return false;
    throw invalidOffset(offset, 'bad json encoding');
  }
  return typeof place !== 'object' || place === null || (Array.isArray(place) && place.length > 0);
}
