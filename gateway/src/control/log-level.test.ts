import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { LeveledLog } from './gateway-log.ts';
import { LogLevelSwitch } from './log-level.ts';

describe('the switch of log levels', () => {
  let log: LeveledLog;

  beforeEach(() => {
    log = { level: 'info', debug() {}, info() {}, warn() {}, error() {} };
  });

  it("takes Kong's levels, and is called as it was set", () => {
    const level = new LogLevelSwitch(log);
    level.change('crit', 0);
    assert.equal(log.level, 'error');
    assert.equal(level.current, 'crit');
    assert.equal(level.has('notice'), true);
    assert.equal(level.has('nope'), false);
  });

  it('goes back to the configured level when the time is over', ({ mock }) => {
    mock.timers.enable({ apis: ['setTimeout'] });
    const level = new LogLevelSwitch(log);
    level.change('debug', 60);
    mock.timers.tick(59_999);
    assert.equal(log.level, 'debug');
    mock.timers.tick(1);
    assert.equal(log.level, 'info');
    assert.equal(level.current, 'info');
  });

  it('counts the time of the last change only, and 0 as for ever', ({ mock }) => {
    mock.timers.enable({ apis: ['setTimeout'] });
    const level = new LogLevelSwitch(log);
    level.change('debug', 10);
    level.change('warn', 0);
    mock.timers.tick(1_000_000);
    assert.equal(log.level, 'warn');
  });
});
