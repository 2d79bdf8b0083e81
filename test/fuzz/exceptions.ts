import { readFileSync } from 'node:fs';
import type { Difference } from './compare.ts';
import type { Read, Reading } from './reading.ts';

/** A difference to Node that is meant. */
export interface Exception {
  readonly name: string;
  readonly reason: string;
  readonly kind: Difference['kind'];
  /** Pattern of `Difference.what`. */
  readonly difference: string;
  /**
   * Pattern of the message that is read differently, as the gateway reads it: a line with method and
   * target or status and reason, the fields, an empty line, the trailers; names in lower case, lines
   * ended by LF.
   */
  readonly message?: string;
  /** Pattern of the message before it, in the same form. */
  readonly previous?: string;
}

export const exceptions = JSON.parse(
  readFileSync(new URL('exceptions.json', import.meta.url), 'utf8'),
) as readonly Exception[];

const compiled = exceptions.map((exception) => ({
  exception,
  difference: new RegExp(exception.difference),
  message: new RegExp(exception.message ?? ''),
  previous: new RegExp(exception.previous ?? ''),
}));

/** The exception that allows this difference, if there is one. */
export function exceptionFor(difference: Difference, ours: Reading): Exception | undefined {
  const message = summary(ours.messages[difference.index]);
  const previous = summary(ours.messages[difference.index - 1]);
  return compiled.find(
    (one) =>
      one.exception.kind === difference.kind &&
      one.difference.test(difference.what) &&
      one.message.test(message) &&
      one.previous.test(previous),
  )?.exception;
}

function summary(message: Read | undefined): string {
  if (message === undefined) return '';
  const lines = (fields: Read['fields']): string =>
    fields.map(([name, value]) => `${name}: ${value}\n`).join('');
  const { first, second, fields, trailers } = message;
  return `${first} ${second}\n${lines(fields)}\n${lines(trailers)}`;
}
