import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { AtHand, Room } from './at-hand.ts';

const TIME = 1000;

describe('What is at hand', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  it('is found under texts of any length, by what they say', () => {
    const table = new AtHand<number>(new Room(TIME, 100_000));
    const secrets = Array.from({ length: 200 }, (_, n) => `${'x'.repeat(n)}é${n}`);
    for (const [n, secret] of secrets.entries()) table.set(secret, n);
    assert.equal(table.size, secrets.length);
    for (const [n, secret] of secrets.entries()) assert.equal(table.get(`?${secret}`.slice(1)), n);
    assert.equal(table.get('x'), undefined);
    assert.equal(table.get('x'.repeat(150)), undefined);
  });

  it('is the value that was noted last', () => {
    const table = new AtHand<number>(new Room(TIME, 100_000));
    for (const secret of ['short', 'long'.repeat(30)]) {
      table.set(secret, 1);
      table.set(secret, 2);
      assert.equal(table.get(secret), 2);
    }
    assert.equal(table.size, 2);
  });

  it('is forgotten after a while, and then there is room again', () => {
    const table = new AtHand<number>(new Room(TIME, 300));
    const long = 'long'.repeat(20);
    table.set('short', 1);
    table.set(long, 2);
    table.set('other', 3);
    assert.equal(table.get('other'), undefined, 'there was no more room');
    mock.timers.tick(TIME);
    assert.equal(table.size, 0);
    assert.equal(table.get('short'), undefined);
    assert.equal(table.get(long), undefined);
    table.set('other', 3);
    assert.equal(table.get('other'), 3);
  });
});
