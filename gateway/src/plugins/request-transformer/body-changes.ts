import { FormPairs, hasMorePairs } from '../../plugin/body/form-pairs.ts';
import { JsonObject } from '../../plugin/body/json-object.ts';
import { boundaryOf } from '../../plugin/body/multipart.ts';
import { MultipartParts } from '../../plugin/body/multipart-parts.ts';
import { mediaType } from '../../plugin/media-type.ts';
import type { RequestView } from '../../plugin/plugin.ts';
import { applyChanges, type RenderedChanges } from './change-set.ts';
import { UnfitValue } from './unfit-value.ts';

/** Most fields of a form that are looked at: each takes a hundred bytes and more. */
const MOST_FIELDS = 1000;

/** A form with more fields than are looked at. */
export class TooManyFields extends Error {
  override readonly name = 'TooManyFields';
}

/** @returns the body as it is sent; null for one that stays as it is */
type Change = (body: Uint8Array, changes: RenderedChanges) => Uint8Array | null;

/**
 * How the body of a request is changed; null for one of a kind that is not, or that is compressed.
 *
 * The change throws TooManyFields, and UnfitValue for a value that cannot stand in the body.
 */
export function bodyChangeFor(request: RequestView): Change | null {
  const contentType = request.header('content-type');
  if (contentType === undefined) return null;
  const coding = request.header('content-encoding');
  if (coding !== undefined && coding !== 'identity') return null;
  switch (mediaType(contentType)) {
    case 'application/json':
      return changedJson;
    case 'application/x-www-form-urlencoded':
      return changedForm;
    case 'multipart/form-data': {
      const boundary = boundaryOf(contentType);
      return boundary === undefined
        ? null
        : (body, changes) => changedMultipart(body, changes, boundary);
    }
    default:
      return null;
  }
}

/** Whether the body is a form as the query string is one. */
export function isForm(request: RequestView): boolean {
  const contentType = request.header('content-type');
  return (
    contentType !== undefined && mediaType(contentType) === 'application/x-www-form-urlencoded'
  );
}

/** @throws TooManyFields */
export function readForm(body: Uint8Array): FormPairs {
  const form = Buffer.from(body).toString('latin1');
  if (hasMorePairs(form, MOST_FIELDS)) throw new TooManyFields();
  return FormPairs.read(form);
}

const EMPTY_OBJECT = Buffer.from('{}');

function changedJson(body: Uint8Array, changes: RenderedChanges): Uint8Array | null {
  const { remove, rename, replace, add, append } = changes;
  const named = [...rename, ...replace, ...add, ...append].map(([name]) => name);
  const names = new Set([...remove, ...named, ...rename.map(([, to]) => to)]);
  const object = JsonObject.read(body.length === 0 ? EMPTY_OBJECT : body, names);
  if (object === undefined) return null;
  applyChanges(changes, {
    has: (name) => object.has(name),
    remove: (name) => object.remove(name),
    rename: (from, to) => object.rename(from, to),
    set: (name, value) => object.set(name, JSON.stringify(value)),
    append: (name, value) => object.append(name, JSON.stringify(value)),
  });
  const changed = object.bytes();
  return body.length === 0 && changed.equals(EMPTY_OBJECT) ? null : changed;
}

function changedForm(body: Uint8Array, changes: RenderedChanges): Uint8Array | null {
  const pairs = readForm(body);
  applyChanges(changes, pairs);
  const text = pairs.text();
  return text === null ? null : Buffer.from(text, 'latin1');
}

function changedMultipart(
  body: Uint8Array,
  changes: RenderedChanges,
  boundary: string,
): Uint8Array | null {
  const parts = MultipartParts.read(Buffer.from(body).toString('latin1'), boundary, MOST_FIELDS);
  if (parts === 'too many') throw new TooManyFields();
  if (parts === null) return null;
  try {
    applyChanges(changes, parts);
  } catch (error) {
    if (error instanceof RangeError) throw new UnfitValue(error.message);
    throw error;
  }
  const text = parts.text();
  return text === null ? null : Buffer.from(text, 'latin1');
}
