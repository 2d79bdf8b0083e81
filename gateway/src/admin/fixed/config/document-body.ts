import { AdminError, type RequestBody } from '../../endpoint.ts';
import { declarativeError } from './declarative-error.ts';

/** A declarative document as a request carries it. */
export interface DocumentBody {
  readonly text: string;
  readonly syntax: 'json' | 'any';
}

/**
 * Finds the document in a body: the body itself, or the text in its field `config`.
 *
 * @throws AdminError 400 when there is none
 */
export function documentIn({ type, value, text }: RequestBody): DocumentBody {
  if (type === 'yaml') return { text: given(text), syntax: 'any' };
  // Lua writes an empty record as an empty list.
  if (type === 'json' && text.trim() === '[]') return { text: '{}', syntax: 'json' };
  const fields = typeof value === 'object' && value !== null ? (value as { config?: unknown }) : {};
  if ('_format_version' in fields) {
    return { text: type === 'json' ? text : JSON.stringify(fields), syntax: 'json' };
  }
  if (!('config' in fields)) return { text: given(text), syntax: type === 'json' ? 'json' : 'any' };
  const { config } = fields;
  if (typeof config === 'string' && config !== '') return { text: config, syntax: 'any' };
  const isMissing = config === null || config === '';
  throw notADocument(isMissing ? 'expected an object (there is no text)' : 'expected an object');
}

function given(text: string): string {
  if (text !== '') return text;
  throw new AdminError(400, { message: 'expected a declarative configuration' });
}

function notADocument(reason: string): AdminError {
  const message = `failed parsing declarative configuration: ${reason}`;
  return declarativeError([{ stage: 'schema', path: ['error'], message }]);
}
