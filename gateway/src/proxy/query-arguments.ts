import { decodeForm } from '../plugin/body/form.ts';

/** Values of the arguments of a query by name; `true` for one without `=`. */
export type QueryArguments = ReadonlyMap<string, readonly (string | true)[]>;

/** Takes a form-encoded query apart. @param query without `?` */
export function queryArguments(query: string): QueryArguments {
  const parsed = new Map<string, (string | true)[]>();
  for (const part of query.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decodeForm(equals === -1 ? part : part.slice(0, equals));
    const value = equals === -1 ? true : decodeForm(part.slice(equals + 1));
    const values = parsed.get(name);
    if (values === undefined) parsed.set(name, [value]);
    else values.push(value);
  }
  return parsed;
}
