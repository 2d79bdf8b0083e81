import { AdminError } from '../../endpoint.ts';
import type { Conditions } from '../../entities/conditions.ts';

/** Tells one state of the whole configuration from every other: its revision in double quotes. */
export function revisionTag(revision: number): string {
  return `"${revision}"`;
}

/**
 * Holds a change of the whole configuration to its conditions.
 *
 * @param newest revision, which the change would follow
 * @throws AdminError 412
 */
export function checkRevision({ match, noneMatch }: Conditions, newest: number): void {
  const etag = revisionTag(newest);
  const fits = (tags: typeof match): boolean =>
    tags !== undefined && (tags === '*' || tags.includes(etag));
  if (match !== undefined && !fits(match)) {
    throw refusal(
      `If-Match: the configuration is at revision ${newest}; its ETag is ${etag}`,
      etag,
    );
  }
  if (fits(noneMatch)) {
    throw refusal(`If-None-Match: the configuration is at revision ${newest}`, etag);
  }
}

function refusal(message: string, etag: string): AdminError {
  return new AdminError(412, { message, etag } as { message: string }, { ETag: etag });
}
