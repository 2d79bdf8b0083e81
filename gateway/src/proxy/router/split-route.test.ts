import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PathPattern } from './path-pattern.ts';
import { splitRoute } from './split-route.ts';
import { routeRecord } from './testing.ts';

const ID = '27d3b4ab-0afc-4e77-a216-31e711361617';

function idsOf(paths: string[]): string[] {
  const input = { route: routeRecord({ id: ID, paths }), target: null };
  return splitRoute(input, (source) => new PathPattern(source)).map(({ subRoute }) => subRoute.id);
}

describe('splitRoute', () => {
  it('keeps the id of a route with one path', () => {
    assert.deepEqual(idsOf(['/p']), [ID]);
  });

  it('makes one sub-route of all prefixes of one length and one of all expressions', () => {
    assert.equal(idsOf(['/p', '/q', '~/a', '/long', '~/b']).length, 3);
  });

  it('counts the length of prefixes in bytes', () => {
    assert.equal(idsOf(['/é', '/ab']).length, 1);
  });

  it('names the sub-routes of several paths with version 5 UUIDs', () => {
    // Made with another implementation of RFC 9562 from `<route id>#2` and `<route id>#true`.
    assert.deepEqual(idsOf(['/p', '~/a']), [
      '89d79404-cca1-5ba8-bd0d-5f71b6c9ab5a',
      '7db6efc4-53f5-5c27-8d02-6ed9f5a15bfd',
    ]);
  });
});
