import type { Entity } from '../../entities/tables.ts';
import { AdminError } from '../endpoint.ts';
import { etagOf } from './etag.ts';

/** Under which conditions a client wants its request carried out, as in RFC 9110, section 13. */
export interface Conditions {
  /** `If-Match`: the entity must be one of these; `*`: it must exist. */
  readonly match?: string | undefined;
  /** `If-None-Match`: it must be none of these; `*`: it must not exist. */
  readonly noneMatch?: string | undefined;
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

function fits(list: string, stored: Entity | undefined): boolean {
  if (stored === undefined) return false;
  if (list.trim() === '*') return true;
  // A weak tag was never given out; proxies that compress make them of ours.
  return list.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etagOf(stored));
}

function changedMeanwhile(stored: Entity): AdminError {
  const etag = etagOf(stored);
  const message = `If-Match: somebody else has changed the entity; its ETag is now ${etag}`;
  return new AdminError(412, { message, etag } as { message: string }, { ETag: etag });
}
