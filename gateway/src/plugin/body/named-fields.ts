import { formValues, withoutField } from './form.ts';
import { JsonObject } from './json-object.ts';
import { boundaryOf, multipartValues, withoutPart } from './multipart.ts';
import { mediaType } from '../media-type.ts';
import type { RequestView } from '../plugin.ts';

/** Bodies up to this size are searched; longer ones are answered with 413. Bytes. */
const BODY_LIMIT = 1024 * 1024;

/** A body in a format that has named fields. */
export interface NamedFields {
  /** Every value of a field, in order. */
  values(name: string): readonly string[];
  /** The body without a field. */
  without(name: string): Uint8Array;
}

/**
 * Reads the body of a request and takes it apart. Resolves with undefined when there is none, or
 * none with named fields; such a body is not read at all where its type already tells.
 */
export async function readNamedFields(request: RequestView): Promise<NamedFields | undefined> {
  const contentType = request.header('content-type');
  if (!request.hasBody || contentType === undefined) return undefined;
  const take = byMediaType.get(mediaType(contentType));
  return take?.(await request.body(BODY_LIMIT), contentType);
}

type Take = (bytes: Uint8Array, contentType: string) => NamedFields | undefined;

const byMediaType: ReadonlyMap<string, Take> = new Map<string, Take>([
  ['application/x-www-form-urlencoded', takeForm],
  ['application/json', takeJson],
  ['multipart/form-data', takeMultipart],
]);

function takeForm(bytes: Uint8Array): NamedFields {
  const form = Buffer.from(bytes).toString('utf8');
  return {
    values: (name) => formValues(form, name),
    without: (name) => Buffer.from(withoutField(form, name), 'utf8'),
  };
}

function takeJson(bytes: Uint8Array): NamedFields | undefined {
  const text = Buffer.from(bytes).toString('utf8');
  const object = parseObject(text);
  if (object === undefined) return undefined;
  return {
    values: (name) => (Object.hasOwn(object, name) ? texts(object[name]) : []),
    without: (name) => withoutMember(bytes, name),
  };
}

function takeMultipart(bytes: Uint8Array, contentType: string): NamedFields | undefined {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) return undefined;
  const body = Buffer.from(bytes).toString('latin1');
  return {
    values: (name) => multipartValues(body, boundary, name),
    without: (name) => Buffer.from(withoutPart(body, boundary, name), 'latin1'),
  };
}

function withoutMember(bytes: Uint8Array, name: string): Uint8Array {
  const object = JsonObject.read(bytes, new Set([name]));
  if (object === undefined) return bytes;
  object.remove(name);
  return object.bytes();
}

function parseObject(text: string): Record<string, unknown> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : undefined;
}

/** A value is a text. A list of them counts as one value for each. */
function texts(value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((each) => typeof each === 'string');
}
