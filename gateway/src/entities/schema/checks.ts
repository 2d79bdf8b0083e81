import { invalidPort, parseHost, isUnixSocket } from './host.ts';
import { regexWords } from './regex-words.ts';
import { regexProblem } from './regex.ts';
import { brokenEscape, normalisePath } from './url-path.ts';

/**
 * Checks that several fields share, in Kong's words. Each returns what is wrong, or undefined.
 */

/** Most names and tags: told apart without the slower Unicode expressions. */
const plainNameForm = /^[\w.~-]+$/;
const utf8NameForm = /^[\w.\-~\u0080-\u{10FFFF}]+$/u;

/** Names of services, routes and plugin instances. */
export function utf8Name(value: string): string | undefined {
  if (plainNameForm.test(value) || utf8NameForm.test(value)) return undefined;
  return `invalid value '${value}': the only accepted ascii characters are alphanumerics or ., -, _, and ~`;
}

/** Printable ASCII but `,` and `/`, and everything beyond ASCII. */
const tagForm = /^[ -+\--.0-~\u0080-\u{10FFFF}]+$/u;

export function tag(value: string): string | undefined {
  if (plainNameForm.test(value) || tagForm.test(value)) return undefined;
  return `invalid tag '${value}': expected printable ascii (except \`,\` and \`/\`) or valid utf-8 sequences`;
}

/** Where a service is: a name or address without port, or a unix socket. */
export function serviceHost(value: string): string | undefined {
  return isUnixSocket(value) ? undefined : host(value);
}

/** A name or address without port. */
export function host(value: string): string | undefined {
  const parsed = parseHost(value);
  if (typeof parsed !== 'string') return parsed.port === null ? undefined : 'must not have a port';
  return parsed === invalidPort ? 'must not have a port' : `invalid value: ${value}`;
}

export function hostWithOptionalPort(value: string): string | undefined {
  const parsed = parseHost(value);
  return typeof parsed === 'string' ? parsed : undefined;
}

/** A server name with at most one `*`, as its first or last character. */
export function wildcardHost(value: string): string | undefined {
  const star = value.indexOf('*');
  if (star > 0 && star < value.length - 1)
    return 'wildcard must be leftmost or rightmost character';
  if (star !== value.lastIndexOf('*')) return 'only one wildcard must be specified';
  const parsed = parseHost(value.replace('*', 'wildcard'));
  const problem = host(value.replace('*', 'wildcard'));
  if (problem !== undefined) return problem.replace('wildcard', '*');
  return typeof parsed !== 'string' && parsed.kind !== 'name' ? 'must not be an IP' : undefined;
}

/** A host of a route: at most one `*`, as its first or last label. */
export function routeHost(value: string): string | undefined {
  if (value.indexOf('*') !== value.lastIndexOf('*')) {
    return 'invalid wildcard: must have at most one wildcard';
  }
  if (value.includes('*') && !value.startsWith('*.') && !value.endsWith('.*')) {
    return 'invalid wildcard: must be placed at leftmost or rightmost label';
  }
  return hostWithOptionalPort(value.replace('*', 'abc'));
}

const pathForm = /^\/[\w.\-~/%:@!$&'()*+,;=]*$/;

/** A path of a URL. */
export function path(value: string): string | undefined {
  if (!value.startsWith('/')) return 'should start with: /';
  if (value.includes('//')) return 'must not have empty segments';
  if (!pathForm.test(value)) {
    return `invalid path: '${value}' (characters outside of the reserved list of RFC 3986 found)`;
  }
  return escapes(value);
}

/** A path of a route: a prefix in normal form, or `~` and an expression. */
export function routePath(value: string): string | undefined {
  if (!/^~?\//.test(value)) return 'should start with: / (fixed path) or ~/ (regex path)';
  if (value.includes('//')) return 'must not have empty segments';
  if (value.startsWith('~')) {
    return invalidRegex(value.slice(1));
  }
  const broken = escapes(value);
  if (broken !== undefined) return broken;
  const normal = normalisePath(value);
  return normal === value ? undefined : `non-normalized path, consider use '${normal}' instead`;
}

/** What Kong says of a regular expression that cannot be compiled, or undefined. */
export function invalidRegex(source: string): string | undefined {
  const problem = regexProblem(source);
  return problem && `invalid regex: '${source}' (${regexWords(source, problem)})`;
}

function escapes(value: string): string | undefined {
  const broken = brokenEscape(value);
  return broken && `invalid url-encoded value: '${broken}'`;
}

export function headerName(value: string): string | undefined {
  if (/^[\w-]+$/.test(value)) return undefined;
  return `bad header name '${value}', allowed characters are A-Z, a-z, 0-9, '_', and '-'`;
}

export function httpMethod(value: string): string | undefined {
  return /^[A-Z]+$/.test(value) ? undefined : `invalid value: ${value}`;
}

export function cookieName(value: string): string | undefined {
  // eslint-disable-next-line no-control-regex -- control characters are what must not occur
  if (!/[\u0000-\u0020\u007F()<>@,;:\\"/?={}[\]]/.test(value)) return undefined;
  return 'contains one or more invalid characters. ASCII control characters (0-31;127), space, tab and the characters ()<>@,;:\\"/?={}[] are not allowed.';
}

/** An address or a block of addresses. */
export function ipOrCidr(value: string): string | undefined {
  const [address = '', bits, ...rest] = value.split('/');
  const parsed = parseHost(address);
  const isAddress = typeof parsed !== 'string' && parsed.kind !== 'name' && parsed.port === null;
  const most = isAddress && parsed.kind === 'ipv4' ? 32 : 128;
  const fits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
  return isAddress && fits && rest.length === 0
    ? undefined
    : `invalid ip or cidr range: '${value}'`;
}

/** Makes a check that a text has a form; the whole of it has to be what `form` says. */
export function matching(form: RegExp): (value: string) => string | undefined {
  return function matchesForm(value) {
    return form.test(value) ? undefined : `invalid value: ${value}`;
  };
}

/** An absolute URL, read as leniently as Kong does. */
export function url(value: string): string | undefined {
  const [, scheme, authority = ''] =
    /^(?:([a-z\d][a-z\d+.-]*):)?(?:\/\/([^/?#]*))?/i.exec(value) ?? [];
  if (authority.replace(/^[^@]*@/, '').replace(/:[^:\]]*$/, '') === '')
    return 'missing host in url';
  return scheme === undefined ? 'missing scheme in url' : undefined;
}

/** What PCRE would take: of the engines at hand, one of the two knows nearly all of its syntax. */
export function isPattern(value: string): boolean {
  try {
    new RegExp(value);
    return true;
  } catch {
    return regexProblem(value) === undefined;
  }
}
