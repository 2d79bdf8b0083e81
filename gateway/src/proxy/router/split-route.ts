import type { RouteRecord } from '../../snapshot/records.ts';
import type { Draft } from './draft.ts';
import { expressionDraft } from './expressions/expression-route.ts';
import { HeaderCriterion } from './header-criterion.ts';
import { wireText } from './path.ts';
import type { PathPattern } from './path-pattern.ts';
import { comparableServerName } from './server-name.ts';
import { SubRoute } from './sub-route.ts';
import type { RouterInput } from './router.ts';

/** Gives the compiled form of an expression; the same one for the same source. */
export type PatternSource = (source: string) => PathPattern;

const HTTP_PROTOCOLS = new Set(['http', 'https', 'grpc', 'grpcs']);
const REGEX_GROUP = 'true';
const MOST_HEADERS = 255;
const OVERFLOWING_KINDS = 4;
const LONGEST_PREFIX = 0x7ffff;

/**
 * Splits a route into sub-routes, so that each has one priority: one for the prefixes of each
 * length, one for all regular expressions. None for a route of another protocol than HTTP.
 */
export function splitRoute<T>(input: RouterInput<T>, patternOf: PatternSource): Draft<T>[] {
  const { route, target } = input;
  if (!route.protocols.some((protocol) => HTTP_PROTOCOLS.has(protocol))) return [];
  if (route.expression !== undefined) return [expressionDraft(input, route.expression)];
  const headers = Object.entries(route.headers ?? {}).map(
    ([name, values]) => new HeaderCriterion(name, values),
  );
  const shared = {
    methods: nonEmpty(route.methods),
    headers: nonEmpty(headers),
    snis: nonEmpty(route.snis)?.map(comparableServerName) ?? null,
  };
  const hosts = nonEmpty(route.hosts);
  const paths = nonEmpty(route.paths);
  const lower = route.id.toLowerCase();
  const isAll = paths === null || paths.length === 1;
  // Not a copy of the same text, one for each route.
  const identity = { routeId: isAll && lower !== route.id ? lower : route.id, isAll };
  const drafts: Draft<T>[] = [];
  for (const [group, members] of groupPaths(paths)) {
    const patterns = group === REGEX_GROUP ? members.map(patternOf) : null;
    const prefixLength = patterns === null ? members[0]!.length : 0;
    const rank = {
      weight: weightOf(route, headers.length, patterns !== null),
      order: orderOf(route, prefixLength, patterns !== null),
    };
    drafts.push({
      subRoute: new SubRoute(target, rank, identity, prefixLength, patterns, shared),
      hosts,
      prefixes: unique(patterns?.map((pattern) => pattern.literalPrefix) ?? members),
    });
  }
  return drafts;
}

/** Paths by kind: the length of a prefix in bytes, or `REGEX_GROUP`, with their text in wire form. */
function groupPaths(paths: readonly string[] | null): Map<string, string[]> {
  if (paths === null) return new Map([['0', ['']]]);
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const isRegex = path.startsWith('~');
    const text = isRegex ? path.slice(1) : wireText(path);
    const key = isRegex ? REGEX_GROUP : String(text.length);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [text]);
    else group.push(text);
  }
  return groups;
}

/**
 * What decides first: plain hosts, then a regular expression, then the number of kinds of criteria,
 * then that of headers; but four kinds or more outrank everything. Kong means the number of kinds to
 * come first, but cuts it to 32 bits on the way; configurations are written for what it does.
 */
function weightOf(route: RouteRecord, headerCount: number, isRegex: boolean): number {
  const hosts = nonEmpty(route.hosts);
  let kinds = headerCount > 0 ? 1 : 0;
  for (const list of [route.methods, hosts, route.snis, route.paths]) {
    if (nonEmpty(list) !== null) kinds++;
  }
  const plainHosts = hosts !== null && !hosts.some((host) => host.includes('*'));
  const lead = kinds >= OVERFLOWING_KINDS ? 4 : (plainHosts ? 2 : 0) + (isRegex ? 1 : 0);
  return (lead * 8 + kinds) * 256 + Math.min(headerCount, MOST_HEADERS);
}

/** What decides then: `regex_priority`, then the length of the prefix. */
function orderOf(route: RouteRecord, prefixLength: number, isRegex: boolean): number {
  if (isRegex) return route.regex_priority * (LONGEST_PREFIX + 1);
  return Math.min(prefixLength, LONGEST_PREFIX);
}

function nonEmpty<E>(list: readonly E[] | null | undefined): readonly E[] | null {
  return list == null || list.length === 0 ? null : list;
}

function unique(texts: readonly string[]): readonly string[] {
  return texts.length < 2 ? texts : [...new Set(texts)];
}
