import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BodyRoom, RoomShare } from './body-room.ts';

describe('the room for bodies', () => {
  it('is that of all of them together, and free again when they are let go', () => {
    const warnings: string[] = [];
    const room = new BodyRoom(100, (message) => void warnings.push(message));
    const one = new RoomShare(room);
    const other = new RoomShare(room);
    assert.ok(one.take(40) && other.take(40) && one.take(20));
    assert.equal(other.take(1), false);
    assert.equal(other.take(1), false);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /100 of 100 bytes.*--max-held-bodies/);
    one.letGo();
    one.letGo();
    assert.equal(room.taken, 40);
    assert.ok(other.take(60));
    other.letGo();
    assert.equal(room.taken, 0);
  });

  it('is not taken by what goes on after it was let go', () => {
    const room = new BodyRoom(100, () => undefined);
    const share = new RoomShare(room);
    share.letGo();
    assert.ok(share.take(1000));
    assert.equal(room.taken, 0);
  });
});
