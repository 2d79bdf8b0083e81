/** A media type with its parameters, in lower case but for their values. */
export interface MediaType {
  readonly type: string;
  readonly subtype: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const FORM = /^\s*([\w!#$&^.+*-]+)\/([\w!#$&^.+*-]+)\s*(?:;(.*))?$/;
const PARAMETER = /^\s*([\w!#$&^.+-]+)=(?:"([^"]*)"|([^\s"]+))\s*$/;

/** Reads a media type, or a range of them such as `text/*`; null for what is none. */
export function readMediaType(text: string): MediaType | null {
  const [, type, subtype, rest = ''] = FORM.exec(text) ?? [];
  if (type === undefined || subtype === undefined) return null;
  const parameters = new Map<string, string>();
  for (const parameter of rest.split(';')) {
    if (parameter.trim() === '') continue;
    const [, name, quoted, plain = ''] = PARAMETER.exec(parameter) ?? [];
    // Of one that is there twice, a service may take the other.
    if (name === undefined || parameters.has(name.toLowerCase())) return null;
    parameters.set(name.toLowerCase(), quoted ?? plain);
  }
  return { type: type.toLowerCase(), subtype: subtype.toLowerCase(), parameters };
}

/**
 * Whether a media type is in a range.
 *
 * @param strict whether it may have no parameters but those of the range, and `charset=utf-8`
 */
export function isWithin(type: MediaType, range: MediaType, strict: boolean): boolean {
  if (range.type !== '*' && range.type !== type.type) return false;
  if (range.subtype !== '*' && range.subtype !== type.subtype) return false;
  if (!strict) return true;
  for (const [name, value] of range.parameters) {
    if (type.parameters.get(name)?.toLowerCase() !== value.toLowerCase()) return false;
  }
  return [...type.parameters].every(
    ([name, value]) =>
      range.parameters.has(name) || (name === 'charset' && /^utf-?8$/i.test(value)),
  );
}

/** How a body of this type is read for a schema; null where it cannot be. */
export function readerFor({ type, subtype }: MediaType): 'form' | 'json' | 'multipart' | null {
  if (type === 'application' && (subtype === 'json' || subtype.endsWith('+json'))) return 'json';
  if (type === 'application' && subtype === 'x-www-form-urlencoded') return 'form';
  return type === 'multipart' && subtype === 'form-data' ? 'multipart' : null;
}
