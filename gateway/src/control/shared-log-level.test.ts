import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryStore } from '../store/memory/memory-store.ts';
import { LogLevelSwitch } from './log-level.ts';
import { followLogLevel, sendLogLevel } from './shared-log-level.ts';

describe('the log level of all nodes', () => {
  const store = new MemoryStore();
  const logLevel = new LogLevelSwitch({
    level: 'info',
    debug() {},
    info() {},
    warn() {},
    error() {},
  });
  followLogLevel(store, logLevel);

  it('is followed by each', async () => {
    await sendLogLevel(store, 'debug', 0);
    assert.equal(logLevel.current, 'debug');
  });

  it('stays as it is when something else is said', async () => {
    for (const message of [
      '',
      'null',
      '[1]',
      '{"log_level":"loud","seconds":1}',
      '{"log_level":"warn","seconds":-1}',
      '{"log_level":"warn"}',
      '{"log_level":"constructor","seconds":1}',
    ]) {
      await store.send(message);
      assert.equal(logLevel.current, 'debug', message);
    }
  });
});
