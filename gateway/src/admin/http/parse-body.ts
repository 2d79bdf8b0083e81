import type { IncomingMessage } from 'node:http';
import { AdminError, type Operation, type RequestBody } from '../endpoint.ts';
import { formRecord } from './form.ts';
import { parseJson } from './json.ts';
import { readBody } from './read-body.ts';

/** The text of a request without one. */
const nothing: RequestBody = { type: 'none', value: {}, text: '' };

/**
 * Reads a request's body by its content type. As in Kong the type is recognised by what it contains,
 * in lower case.
 *
 * @param accepts what the operation takes besides JSON and forms
 * @throws AdminError 400, 413 or 415
 */
export async function parseBody(
  incoming: IncomingMessage,
  accepts: Operation['accepts'] = [],
): Promise<RequestBody> {
  const contentType = contentTypeOf(incoming);
  const kind = kindOf(contentType, accepts);
  if (kind === undefined) {
    const bytes = await readBody(incoming);
    if (bytes.length === 0 && contentType === '') return nothing;
    throw unsupportedType();
  }
  const bytes = await readBody(incoming);
  if (kind === 'multipart') return parseMultipart(bytes, contentType);
  const text = decode(bytes, kind);
  if (kind === 'json') return { type: kind, value: parseJson(text), text };
  if (kind === 'form') return { type: kind, value: formRecord(new URLSearchParams(text)), text };
  return { type: kind, value: text, text };
}

type Kind = Exclude<RequestBody['type'], 'none'>;

function kindOf(contentType: string, accepts: readonly string[]): Kind | undefined {
  if (contentType.includes('application/json')) return 'json';
  if (contentType.includes('application/x-www-form-urlencoded')) return 'form';
  if (contentType.includes('multipart/form-data')) return 'multipart';
  const yaml = /(?:application|text)\/(?:x-)?yaml/.test(contentType);
  return yaml && accepts.includes('yaml') ? 'yaml' : undefined;
}

function contentTypeOf({ headers, rawHeaders }: IncomingMessage): string {
  // Names and values by turns; the form that requests of HTTP/2 have as well.
  const named = rawHeaders.filter((name, i) => i % 2 === 0 && /^content-type$/i.test(name));
  if (named.length > 1) {
    throw new AdminError(400, { message: 'Multiple Content-Type headers not allowed' });
  }
  return headers['content-type'] ?? '';
}

function unsupportedType(): AdminError {
  const message =
    'Unsupported Content-Type: send application/json, application/x-www-form-urlencoded or multipart/form-data';
  return new AdminError(415, { message });
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Buffer, kind: Kind): string {
  try {
    return utf8.decode(bytes);
  } catch {
    const message = kind === 'json' ? 'Cannot parse JSON body' : 'the body is not valid UTF-8';
    throw new AdminError(400, { message });
  }
}

async function parseMultipart(bytes: Buffer, contentType: string): Promise<RequestBody> {
  const fields: [string, string][] = [];
  try {
    const headers = { 'content-type': contentType };
    const form = await new Response(new Uint8Array(bytes), { headers }).formData();
    for (const [name, value] of form) {
      fields.push([name, typeof value === 'string' ? value : await value.text()]);
    }
  } catch {
    throw new AdminError(400, { message: 'Cannot parse multipart/form-data body' });
  }
  return { type: 'multipart', value: formRecord(fields), text: bytes.toString() };
}
