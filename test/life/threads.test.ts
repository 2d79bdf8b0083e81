import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evaluateInThread } from '../support/inspector.ts';
import { get } from '../support/message.ts';
import { useSite, type Site } from '../support/site.ts';
import { until } from '../support/until.ts';

/** Serves again: a new connection a time, so that every thread gets its turn. */
async function servesAlways(site: Site, times: number): Promise<void> {
  for (let round = 0; round < times; round++) {
    assert.equal((await site.fetch(get('/', 'Connection: close'))).status, 200);
  }
}

describe('A proxy thread that dies', () => {
  const env = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };
  const site = useSite({ workers: 2, env });

  for (const [how, expression] of [
    ['by an error that nobody caught', `setImmediate(() => { throw new Error('planted') })`],
    ['by exiting', 'process.exit(3)'],
    ['out of memory', 'globalThis.hoard = []; while (true) hoard.push(new Array(1e5).fill({}))'],
  ] as const) {
    it(`${how} is replaced, is told in the log, and the gateway serves on`, async () => {
      const mark = site.gateway.output.length;
      await evaluateInThread(site.gateway.output, 'worker', expression);
      await until('the log tells of it', () => /thread/i.test(site.gateway.output.slice(mark)));
      await until('both threads are there again', async () => {
        const response = await site.gateway.fetchStatus('/status/ready');
        return response.status === 200;
      });
      await servesAlways(site, 20);
      site.gateway.assertRunning();
    });
  }
});
