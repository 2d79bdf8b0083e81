import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { get } from '../support/message.ts';
import { oneService, useSite } from '../support/site.ts';

/** A burst must not straddle the end of the minute in which it is counted. */
async function awayFromTheEndOfTheMinute(): Promise<void> {
  const left = 60_000 - (Date.now() % 60_000);
  if (left < 10_000) await delay(left + 100);
}

describe('rate-limiting over two proxy threads', () => {
  const site = useSite({
    workers: 2,
    config: (port) => ({
      _format_version: '3.0',
      services: [
        {
          ...oneService(port),
          plugins: [{ name: 'rate-limiting', config: { minute: 100, policy: 'local' } }],
        },
      ],
    }),
  });

  it('lets exactly the limit pass, whatever the burst', async () => {
    await awayFromTheEndOfTheMinute();
    const clients = await Promise.all(Array.from({ length: 64 }, () => site.connect()));
    const statuses = await Promise.all(
      clients.map(async (client) => {
        client.send(get() + get() + get() + get());
        const seen: number[] = [];
        for (let index = 0; index < 4; index++) seen.push((await client.response()).status);
        return seen;
      }),
    );
    const count = (status: number): number =>
      statuses.flat().filter((seen) => seen === status).length;
    assert.equal(count(200), 100);
    assert.equal(count(429), 156);
    assert.equal(site.origin.exchanges.length, 100);
  });
});
