import { withoutField } from '../../plugin/body/form.ts';
import { readNamedFields } from '../../plugin/body/named-fields.ts';
import type { RequestView } from '../../plugin/plugin.ts';

const ARGUMENT = 'access_token';
const BEARER = /^\s*bearer\s+(\S(?:.*\S)?)\s*$/i;
/** What a token consists of is the server's affair, within what can stand in a field. */
const TOKEN = /^[\x21-\x7e]{1,8192}$/;

/**
 * `malformed` where there is something in its place that cannot be one; `several` where there are
 * different ones, of which the service could take another than was asked about.
 */
export type Found = { readonly token: string } | 'malformed' | 'missing' | 'several';

/**
 * Looks for the token of a request in `Authorization`, in the query string and in a body with named
 * fields, which is read only when it is not elsewhere.
 *
 * @param hide whether to remove it from the request
 */
export function findToken(request: RequestView, hide: boolean): Found | Promise<Found> {
  const field = request.header('authorization');
  const inField = field === undefined ? undefined : BEARER.exec(field)?.[1];
  const inQuery = request.query === '' ? [] : request.queryValues(ARGUMENT);
  const found = inField === undefined ? inQuery : [inField, ...inQuery];
  if (found.length === 0) return request.hasBody ? findInBody(request, hide) : 'missing';
  if (hide) {
    if (inField !== undefined) request.removeHeader('authorization');
    if (inQuery.length > 0) request.setQuery(withoutField(request.query, ARGUMENT));
  }
  return checked(found);
}

async function findInBody(request: RequestView, hide: boolean): Promise<Found> {
  const fields = await readNamedFields(request);
  const found = fields?.values(ARGUMENT) ?? [];
  if (found.length === 0) return 'missing';
  if (hide && fields !== undefined) request.setBody(fields.without(ARGUMENT));
  return checked(found);
}

function checked(found: readonly (string | true)[]): Found {
  const [token = true, ...others] = found;
  if (others.some((other) => other !== token)) return 'several';
  return token !== true && TOKEN.test(token) ? { token } : 'malformed';
}
