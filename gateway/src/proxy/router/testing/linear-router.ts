import { compileRegex } from '../../../entities/schema/regex.ts';
import type { RouteRecord } from '../../../snapshot/records.ts';
import { PathPattern } from '../path-pattern.ts';
import type { RouteQuery } from '../router.ts';
import { splitRoute } from '../split-route.ts';

export type Header = readonly [string, string];

/** One sub-route as the specification has it: a priority of 64 bits and a predicate. */
interface Reference {
  readonly name: string;
  readonly priority: bigint;
  readonly id: string;
  readonly route: RouteRecord;
  readonly paths: readonly string[];
}

/** A router that tries every sub-route in the order of priority. */
export class LinearRouter {
  private readonly references: Reference[];

  constructor(routes: readonly RouteRecord[]) {
    this.references = routes.flatMap(referencesOf);
    this.references.sort((a, b) => {
      if (a.priority !== b.priority) return a.priority < b.priority ? 1 : -1;
      return a.id < b.id ? 1 : -1;
    });
  }

  find(query: RouteQuery, headers: readonly Header[]): { name: string; length: number } | null {
    for (const { name, route, paths } of this.references) {
      const length = paths.length === 0 ? 0 : pathLength(paths, query.path);
      if (length !== -1 && fits(route, query, headers)) return { name, length };
    }
    return null;
  }
}

function referencesOf(route: RouteRecord): Reference[] {
  const groups = new Map<string, string[]>();
  for (const path of route.paths ?? []) {
    const key = path.startsWith('~') ? 'regex' : String(path.length);
    groups.set(key, [...(groups.get(key) ?? []), path]);
  }
  if (groups.size === 0) groups.set('none', []);
  // Ids are those of the code under test, which has a test of its own for them.
  const drafts = splitRoute({ route, target: null }, (source) => new PathPattern(source));
  return [...groups.values()].map((paths, i) => ({
    name: route.name!,
    priority: priorityOf(route, paths[0]),
    id: drafts[i]!.subRoute.id,
    route,
    paths,
  }));
}

function priorityOf(route: RouteRecord, path: string | undefined): bigint {
  const criteria = [route.methods, route.hosts, route.headers, route.snis, route.paths];
  const regex = path !== undefined && path.startsWith('~');
  const plain = route.hosts !== undefined && !route.hosts.some((host) => host.includes('*'));
  const kinds = criteria.filter((criterion) => criterion !== undefined).length;
  return (
    (BigInt(kinds >= 4) << 62n) |
    (BigInt(plain && kinds < 4) << 61n) |
    (BigInt(regex && kinds < 4) << 60n) |
    (BigInt(kinds) << 56n) |
    (BigInt(Object.keys(route.headers ?? {}).length) << 48n) |
    (BigInt(regex ? route.regex_priority : 0) << 19n) |
    BigInt(regex ? 0 : (path?.length ?? 0))
  );
}

const compiled = new Map<string, ReturnType<typeof compileRegex>>();

function compiledPath(path: string): ReturnType<typeof compileRegex> {
  const known = compiled.get(path) ?? compileRegex(`^(?:${path.slice(1)})`);
  compiled.set(path, known);
  return known;
}

function pathLength(paths: readonly string[], text: string): number {
  for (const path of paths) {
    if (!path.startsWith('~')) {
      if (text.startsWith(path)) return path.length;
      continue;
    }
    const found = compiledPath(path).exec(text) as string[] | null;
    if (found !== null) return found[0]!.length;
  }
  return -1;
}

function fits(route: RouteRecord, query: RouteQuery, headers: readonly Header[]): boolean {
  const { methods, hosts, snis } = route;
  if (methods !== undefined && !methods.includes(query.method)) return false;
  if (hosts !== undefined && !hosts.some((host) => hostFits(host, query))) return false;
  if (snis !== undefined && query.scheme === 'https' && !snis.includes(query.sni)) return false;
  return Object.entries(route.headers ?? {}).every(([name, values]) =>
    headers.some(
      ([given, value]) => given === name && values.some((wanted) => valueFits(wanted, value)),
    ),
  );
}

function valueFits(wanted: string, value: string): boolean {
  return wanted.startsWith('~*') ? new RegExp(wanted.slice(2)).test(value) : wanted === value;
}

function hostFits(pattern: string, query: RouteQuery): boolean {
  const [host = '', port] = pattern.split(':');
  if (port !== undefined && Number(port) !== query.port) return false;
  if (host.startsWith('*')) return query.host.endsWith(host.slice(1));
  if (host.endsWith('*')) return query.host.startsWith(host.slice(0, -1));
  return query.host === host;
}
