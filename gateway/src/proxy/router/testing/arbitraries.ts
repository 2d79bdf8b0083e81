import fc from 'fast-check';
import type { RouteRecord } from '../../../snapshot/records.ts';
import { routeRecord } from '../testing.ts';

/* Routes and requests at random. */

// Small alphabets, so that routes collide and requests hit.
const segments = fc.constantFrom('a', 'b', 'ab', '1');
const prefixes = fc
  .tuple(fc.array(segments, { maxLength: 3 }), fc.constantFrom('', '/'))
  .map(([parts, end]) => (parts.length === 0 ? '/' : `/${parts.join('/')}${end}`));
const regexes = fc
  .tuple(
    prefixes,
    fc.constantFrom('', '[ab]+', '\\d', '.*/b', '(a|b)/?', '[^/]+/ab$', '.*1$', '|/b', 'a?b$', '$'),
  )
  .map(([start, rest]) => `~${start}${rest}`);
const hosts = fc.constantFrom('a.x', 'b.x', 'a.y', 'a.x:80', '*.x', 'a.*', '*.x:80', '*.b.x');
const some = <T>(values: fc.Arbitrary<T>, maxLength = 3) =>
  fc.option(fc.uniqueArray(values, { minLength: 1, maxLength }), { nil: undefined });

export const routeFields = fc.record({
  paths: some(fc.oneof({ arbitrary: prefixes, weight: 3 }, regexes), 4),
  hosts: some(hosts),
  methods: some(fc.constantFrom('GET', 'POST', 'PUT')),
  snis: fc.option(fc.constant(['s.x']), { nil: undefined, freq: 4 }),
  headers: fc.option(
    fc.dictionary(
      fc.constantFrom('h', 'k'),
      fc.uniqueArray(fc.constantFrom('1', '2', '3', '~*[12]'), { minLength: 1, maxLength: 2 }),
      { minKeys: 1 },
    ),
    { nil: undefined, freq: 2 },
  ),
  regex_priority: fc.constantFrom(0, 0, 1, 2),
});
export const routeSets = fc
  .tuple(fc.array(routeFields, { minLength: 1, maxLength: 40 }), fc.infiniteStream(fc.uuid()))
  .map(([all, ids]) => all.map((given, i) => routeOf(ids.next().value as string, `r${i}`, given)));

/** A route with those of the fields that are there. */
export function routeOf(id: string, name: string, fields: object): RouteRecord {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return routeRecord({ id, name, ...Object.fromEntries(present) });
}

export const requests = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'HEAD'),
  scheme: fc.constantFrom('http' as const, 'https' as const),
  host: fc.constantFrom('', 'a.x', 'b.x', 'a.y', 'a.b.x', 'c.x', 'a.b'),
  port: fc.constantFrom(80, 8000),
  path: fc
    .tuple(prefixes, fc.constantFrom('', 'a', 'b', 'ab', '1', 'a/b', '/ab', 'é'))
    .map(([start, rest]) => Buffer.from(start + rest, 'utf8').toString('latin1')),
  sni: fc.constantFrom('', 's.x', 't.x'),
});
export const headerLists = fc.array(
  fc.tuple(fc.constantFrom('h', 'k'), fc.constantFrom('1', '2', '3', '4')),
  { maxLength: 3 },
);
