import { formPairs } from '../../../plugin/body/form.ts';
import { multipartPairs } from '../../../plugin/body/multipart.ts';
import { objectOf, valueOf } from './from-text.ts';
import { readJson } from './json.ts';
import { readerFor, type MediaType } from './media-types.ts';
import type { Shape } from './shape.ts';

/** More fields than this no form has. */
const MOST_FIELDS = 1000;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The value that a body stands for: that of JSON, or an object of the fields of a form.
 *
 * @param shape what is expected: fields hold nothing but texts
 * @param mostDepth of JSON
 * @returns what is wrong where there is no value
 */
export function valueOfBody(
  bytes: Uint8Array,
  type: MediaType,
  shape: Shape,
  mostDepth: number,
): { readonly value: unknown } | string {
  switch (readerFor(type)) {
    case 'json':
      return readJson(bytes, mostDepth);
    case 'form':
      return valueOfFields(formPairs(Buffer.from(bytes).toString('utf8')), shape);
    case 'multipart': {
      const boundary = type.parameters.get('boundary');
      if (boundary === undefined) return 'has no boundary';
      const body = Buffer.from(bytes).toString('latin1');
      return valueOfFields(multipartPairs(body, boundary), shape);
    }
    case null:
      return valueOfText(bytes, shape);
  }
}

function valueOfFields(
  pairs: Iterable<readonly [string, string]>,
  shape: Shape,
): { readonly value: unknown } | string {
  const fields: (readonly [string, string])[] = [];
  for (const pair of pairs) {
    if (fields.push(pair) > MOST_FIELDS) return `has more than ${MOST_FIELDS} fields`;
  }
  const value = objectOf(fields, shape);
  return value === null ? 'has a field twice' : { value };
}

function valueOfText(bytes: Uint8Array, shape: Shape): { readonly value: unknown } | string {
  try {
    return { value: valueOf(utf8.decode(bytes), shape) };
  } catch {
    return 'is no text in UTF-8';
  }
}
