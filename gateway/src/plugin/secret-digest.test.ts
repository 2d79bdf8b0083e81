import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { SecretDigests } from './secret-digest.ts';

/** Whatever a test leaves at hand is forgotten before the next one. */
function passSecond(t: TestContext): void {
  t.mock.timers.tick(1000);
}

describe('SecretDigests', () => {
  it('gives a secret the same digest at first, at hand and later, without telling it', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const digests = new SecretDigests('scope');
    const first = digests.of('secret');
    assert.equal(digests.of('secret'), first);
    passSecond(t);
    assert.equal(digests.of('secret'), first);
    assert.ok(!first.includes('secret'));
    passSecond(t);
  });

  it('tells scopes apart, also for a secret at hand, and not those that made them', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const digest = new SecretDigests('one').of('secret');
    assert.equal(new SecretDigests('one').of('secret'), digest);
    assert.notEqual(new SecretDigests('two').of('secret'), digest);
    assert.notEqual(new SecretDigests('one').of('secre'), digest);
    passSecond(t);
  });

  it('has a secret at hand for a second', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const digests = new SecretDigests('scope');
    digests.of('secret');
    t.mock.timers.tick(999);
    assert.equal(digests.size, 1);
    t.mock.timers.tick(1);
    assert.equal(digests.size, 0);
    digests.of('secret');
    assert.equal(digests.size, 1);
    passSecond(t);
    assert.equal(digests.size, 0);
  });

  it('has no more at hand than there is room for, in all scopes together', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const [one, two] = [new SecretDigests('one'), new SecretDigests('two')];
    for (let i = 0; i < 2000; i++) {
      for (const digests of [one, two]) digests.of(`${i}`.padEnd(900, '.'));
    }
    assert.equal(one.size + two.size, 2000);
    passSecond(t);
    two.of('secret');
    assert.equal(two.size, 1);
    passSecond(t);
  });
});
