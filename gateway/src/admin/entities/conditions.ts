import type { Entity } from '../../entities/tables.ts';
import { AdminError } from '../endpoint.ts';
import { etagOf } from './etag.ts';

/** Under which conditions a client wants its request carried out, as in RFC 9110, section 13. */
export interface Conditions {
  /** `If-Match`: the entity must be one of these; `*`: it must exist. */
  readonly match?: EntityTags | undefined;
  /** `If-None-Match`: it must be none of these; `*`: it must not exist. */
  readonly noneMatch?: EntityTags | undefined;
}

/** Tags as `etagOf` makes them. */
export type EntityTags = '*' | readonly string[];

/** RFC 9110, section 8.8.3. A weak tag was never given out; proxies that compress make them of ours. */
const tag = /(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g;

/**
 * Reads a condition. One that cannot be read must not count as one that does not hold: whoever left
 * the quotes out would look for another writer who was never there.
 *
 * @param name of the header
 * @throws AdminError 400
 */
export function entityTags(name: string, text: string | undefined): EntityTags | undefined {
  if (text === undefined) return undefined;
  if (text.trim() === '*') return '*';
  const tags = [...text.matchAll(tag)].map(([, quoted = '']) => quoted);
  const rest = text.replace(tag, '"').split(',');
  const isList = rest.every((element) => ['', '"'].includes(element.trim()));
  if (tags.length > 0 && isList) return tags;
  const message = `${name}: malformed; expected * or ETags as they were answered, in double quotes, such as ${name}: "xt0wm4dUv8_9SWzKmBh8eUXBzpI"`;
  throw new AdminError(400, { message });
}

/**
 * Holds a write to its conditions. To be called within the transaction that writes.
 *
 * @param stored what the write would change, if it exists
 * @throws AdminError 412
 */
export function checkConditions(
  { match, noneMatch }: Conditions,
  stored: Entity | undefined,
): void {
  if (match !== undefined && !fits(match, stored)) {
    throw stored === undefined
      ? new AdminError(412, { message: 'If-Match: there is no such entity (any more)' })
      : changedMeanwhile(stored);
  }
  if (noneMatch !== undefined && fits(noneMatch, stored)) {
    const message = 'If-None-Match: the entity exists already';
    const headers = stored === undefined ? {} : { ETag: etagOf(stored) };
    throw new AdminError(412, { message }, headers);
  }
}

/** Whether a client that asks with `If-None-Match` has the current state already. */
export function isKnown({ noneMatch }: Conditions, stored: Entity): boolean {
  return noneMatch !== undefined && fits(noneMatch, stored);
}

function fits(tags: EntityTags, stored: Entity | undefined): boolean {
  if (stored === undefined) return false;
  return tags === '*' || tags.includes(etagOf(stored));
}

function changedMeanwhile(stored: Entity): AdminError {
  const etag = etagOf(stored);
  const message = `If-Match: somebody else has changed the entity; its ETag is now ${etag}`;
  return new AdminError(412, { message, etag } as { message: string }, { ETag: etag });
}
