import { randomUUID } from 'node:crypto';
import { cookiesOf } from '../../../plugin/cookies.ts';
import type { HashInputRecord } from '../../../snapshot/records.ts';
import { wireText } from '../../router/path.ts';
import type { Asking } from './algorithm.ts';

/** What one request is hashed by. */
export interface HashInput {
  /** Bytes, one character each. */
  readonly text: string;
  /** The line that gives the client a cookie to come back with; empty for none. */
  readonly cookieLine: string;
}

/**
 * What is hashed of a request: the first of the inputs that it has. Requests that have none of them
 * are all hashed alike.
 */
export function hashInput(inputs: readonly HashInputRecord[], asking: Asking): HashInput {
  for (const input of inputs) {
    const text = textOf(input, asking);
    if (text !== undefined) return { text, cookieLine: '' };
    if (input.source === 'cookie' && asking.request !== null) return newCookie(input);
  }
  return { text: '', cookieLine: '' };
}

function textOf({ source, name }: HashInputRecord, asking: Asking): string | undefined {
  const { request } = asking;
  if (source === 'ip') return asking.clientIp;
  if (source === 'consumer') return (asking.consumer ?? asking.credential)?.id;
  // Everything else is of HTTP.
  if (request === null) return undefined;
  if (source === 'path') return request.path;
  switch (source) {
    case 'header': {
      const values = request.headerValues(name.toLowerCase());
      return values.length === 0 ? undefined : values.join('');
    }
    case 'cookie':
      return cookiesOf(request).find((cookie) => cookie.name === name)?.value;
    case 'query_arg': {
      const values = request.queryValues(name);
      return values.length === 0 ? undefined : wireText(values.map(String).sort().join());
    }
    case 'uri_capture':
      return asking.pathPattern?.captures(request.path)[name];
  }
}

/**
 * Gives the client a name to come back with. The attribute is written as Kong writes it: browsers do
 * not know it and treat the cookie as they treat those that say nothing about other sites.
 */
function newCookie({ name, path }: Extract<HashInputRecord, { source: 'cookie' }>): HashInput {
  const text = randomUUID();
  const cookieLine = `Set-Cookie: ${name}=${text}; Path=${path}; Same-Site=Lax; HttpOnly\r\n`;
  return { text, cookieLine };
}
