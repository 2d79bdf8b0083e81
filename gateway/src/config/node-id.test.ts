import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IdSource } from './node-id.ts';

const idOf = (ids: IdSource, path: string): ReturnType<IdSource['contentId']> =>
  ids.contentId('routes', { paths: [path] }, null);

describe('ids that follow from content', () => {
  it('are given again only to entities that would have them anew', () => {
    const before = new IdSource();
    const [first, second] = [idOf(before, '/a'), idOf(before, '/a')];
    assert.notEqual(first.id, second.id);
    const ids = new IdSource();
    assert.equal(ids.giveAgain([second]), false);
    assert.equal(ids.giveAgain([first]), true);
    assert.equal(ids.giveAgain([first]), false);
    assert.deepEqual(idOf(ids, '/a'), second);
  });

  it('are not counted when one of several would be another', () => {
    const before = new IdSource();
    const [a, again, b] = [idOf(before, '/a'), idOf(before, '/a'), idOf(before, '/b')];
    const ids = new IdSource();
    assert.equal(ids.giveAgain([a, b, { ...again, count: 3 }]), false);
    assert.deepEqual([idOf(ids, '/b'), idOf(ids, '/a')], [b, a]);
  });
});
