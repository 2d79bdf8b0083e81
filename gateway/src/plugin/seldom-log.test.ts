import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PluginLog } from './plugin.ts';
import { SeldomLog } from './seldom-log.ts';

describe('what is told seldom', () => {
  it('is told at once, then once in ten seconds with how often it came', () => {
    const told: [string, object | undefined][] = [];
    const log = {
      warn: (message, details) => void told.push([message, details]),
    } as Partial<PluginLog> as PluginLog;
    let now = 0;
    const seldom = new SeldomLog({ log, now: () => now });
    for (now = 0; now <= 10_000; now += 1000) seldom.warn('a', { n: now });
    seldom.warn('b', {});
    assert.deepEqual(told, [
      ['a', { n: 0, times: 1 }],
      ['a', { n: 10_000, times: 10 }],
      ['b', { times: 1 }],
    ]);
  });
});
