/* What the lines of the access log are put together from. */

import type { HandshakeRecord } from './exchange-record.ts';

/** What JSON does not allow in a string, and what a terminal would take for a command. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
export const unsafe = /["\\\u0000-\u001f\u007f-\u009f\ud800-\udfff]/;
const terminal = /[\u007f-\u009f]/g;

/** UUIDs, and words of the gateway's own: nothing in them needs escaping. */
export function id(value: string | null): string {
  return value === null ? 'null' : `"${value}"`;
}

const quoted = new Map<string, string>();
const MOST_QUOTED = 20_000;

/** Names of the configuration: the same ones come with every request, so they are kept as JSON. */
export function known(value: string | null): string {
  if (value === null) return 'null';
  let json = quoted.get(value);
  if (json === undefined) {
    if (quoted.size === MOST_QUOTED) quoted.clear();
    json = text(value);
    quoted.set(value, json);
  }
  return json;
}

/** Any text as JSON. */
export function text(value: string): string {
  return unsafe.test(value) ? escaped(value) : `"${value}"`;
}

/** Any text as JSON, whatever stands in it. */
export function escaped(value: string): string {
  return JSON.stringify(value).replace(
    terminal,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
}

/** Longest subject in a line, characters: lines are to stay below 4 KiB. */
const LONGEST_SUBJECT = 256;

/** What an access line says of the certificate that a client showed, as members of an object. */
export function shownBy({ clientVerified, clientCertificate }: HandshakeRecord): string {
  const subject = clientCertificate?.subject.slice(0, LONGEST_SUBJECT).replaceAll('\n', ', ');
  return `"client_verified":${clientVerified},"client_subject":${subject === undefined ? 'null' : text(subject)}`;
}
