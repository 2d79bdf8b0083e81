import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countFailures, parseH2loadLog } from './h2load.ts';

describe('h2load log', () => {
  const text = '1795303535317675\t200\t504\n1795303535317670\t503\t820\n1795303535317665\t-1\t11';

  it('is read line by line, without a last one that is cut short', () => {
    assert.deepEqual(parseH2loadLog(text), [
      { start: 1795303535317675, status: 200, duration: 504 },
      { start: 1795303535317670, status: 503, duration: 820 },
    ]);
  });

  it('may be empty', () => {
    assert.deepEqual(parseH2loadLog(''), []);
  });

  it('shows which requests failed: error answers and those without one', () => {
    assert.equal(countFailures(parseH2loadLog(`${text}\n`)), 2);
  });
});
