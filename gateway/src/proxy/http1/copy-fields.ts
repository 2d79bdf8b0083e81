import type { Fields } from './fields.ts';
import * as known from './known-fields.ts';
import type { MessageHead } from './message-head.ts';

/** Marks, by field number, the fields that do not pass from one side to the other. */
export function dropping(...ids: readonly number[]): Uint8Array {
  const drop = new Uint8Array(64);
  for (const id of ids) drop[id] = 1;
  return drop;
}

/** Framing and hop-by-hop fields, RFC 9110 section 7.6.1: never copied in either direction. */
export const HOP_BY_HOP: readonly number[] = [
  known.CONTENT_LENGTH,
  known.TRANSFER_ENCODING,
  known.CONNECTION,
  known.KEEP_ALIVE,
  known.PROXY_CONNECTION,
  known.TE,
  known.UPGRADE,
  known.HTTP2_SETTINGS,
];

/**
 * The lines of a message that pass on, with those that plugins added. What passes of the head is
 * remembered by it; one head is always asked with the same `drop`.
 */
export function passingFields(
  head: MessageHead,
  drop: Uint8Array,
  hopNames: readonly string[] | null,
  fields: Fields | null,
): string {
  const left = fields === null ? null : fields.removed;
  const lines =
    head.keptPassing(left) ?? head.keepPassing(left, copyFields(head, drop, hopNames, fields));
  return fields === null ? lines : lines + fields.addedLines();
}

/**
 * The lines of `head` that pass on, as they were received: neighbouring lines are copied in one
 * piece. Leaves out what `drop` marks, what `Connection` named (`hopNames`), and what plugins
 * removed.
 */
export function copyFields(
  head: MessageHead,
  drop: Uint8Array,
  hopNames: readonly string[] | null,
  fields: Fields | null,
): string {
  const ids = head.ids;
  const count = head.count;
  let lines = '';
  let runStart = -1;
  for (let i = 0; i < count; i++) {
    let pass = drop[ids[i]!] === 0;
    if (pass && hopNames !== null) pass = !hopNames.includes(head.name(i).toLowerCase());
    if (pass && fields !== null) pass = !fields.isRemovedAt(i);
    if (pass) {
      if (runStart === -1) runStart = head.lineStart(i);
    } else if (runStart !== -1) {
      lines += head.text.slice(runStart, head.lineStart(i));
      runStart = -1;
    }
  }
  if (runStart !== -1) lines += head.text.slice(runStart, head.lineStart(count));
  return lines;
}

/**
 * What must not come behind a body whichever way it goes, RFC 9110 section 6.5.1, beside what does not
 * pass in a head: credentials, and how the body is to be read.
 */
export const NOT_BEHIND: readonly number[] = [
  known.TRAILER,
  known.AUTHORIZATION,
  known.CONTENT_TYPE,
];

/**
 * Trailer lines that pass on, each ending in CRLF; empty when there are none.
 *
 * @param drop marks what never does
 * @param fields of the message's head: what plugins said or took away there is not said again
 */
export function trailerLines(
  trailers: MessageHead | null,
  drop: Uint8Array,
  fields: Fields | null,
): string {
  if (trailers === null) return '';
  return copyFields(trailers, drop, fields === null ? null : decided(trailers, fields), null);
}

/** The names among `trailers` that plugins decided about, in lower case. */
function decided(trailers: MessageHead, fields: Fields): readonly string[] {
  const names: string[] = [];
  for (let i = 0; i < trailers.count; i++) {
    const name = trailers.name(i);
    if (fields.decides(name)) names.push(name.toLowerCase());
  }
  return names;
}
