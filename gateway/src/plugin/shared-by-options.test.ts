import assert from 'node:assert/strict';
import { it } from 'node:test';
import { SharedByOptions } from './shared-by-options.ts';

it('what is shared by options is closed when the last user has released it', () => {
  const closed: object[] = [];
  const things = new SharedByOptions<object>((thing) => closed.push(thing));
  const [one, two] = [things.share({ a: 1 }, Object), things.share({ a: 1 }, Object)];
  const other = things.share({ a: 2 }, Object);
  assert.equal(one.thing, two.thing);
  assert.notEqual(one.thing, other.thing);
  one.release();
  one.release();
  assert.deepEqual(closed, []);
  two.release();
  assert.equal(closed[0], one.thing);
  assert.notEqual(things.share({ a: 1 }, Object).thing, one.thing);
});
