import { describe, it } from 'node:test';
import { evaluateInThread } from '../support/inspector.ts';
import { get } from '../support/message.ts';
import { useSite, type Site } from '../support/site.ts';
import { until } from '../support/until.ts';

interface Thread {
  readonly state: string;
  readonly restarts: number;
}

async function threads(site: Site): Promise<readonly Thread[]> {
  return (await site.gateway.status()).threads as readonly Thread[];
}

async function servesTwenty(site: Site): Promise<boolean> {
  for (let round = 0; round < 20; round++) {
    const response = await site.fetch(get('/', 'Connection: close')).catch(() => null);
    if (response?.status !== 200) return false;
  }
  return true;
}

for (const [how, expression] of [
  ['throws where nobody catches', `setImmediate(() => { throw new Error('planted') })`],
  ['exits', 'process.exit(3)'],
  // Later, since a thread that is being inspected pauses where it would run out of memory.
  [
    'runs out of memory',
    'setTimeout(() => { for (const hoard = []; ; ) hoard.push(new Array(1e5).fill({})); }, 200)',
  ],
] as const) {
  describe(`A proxy thread that ${how}`, () => {
    const site = useSite({
      workers: 2,
      env: { NODE_OPTIONS: '--inspect=127.0.0.1:0' },
      flags: ['--thread-old-heap', '64'],
    });

    it('is replaced and counted, told in the log, and the gateway serves on', async () => {
      await evaluateInThread(site.gateway.output, 'worker', expression);
      await until('the thread has been replaced', async () => {
        const all = await threads(site);
        const restarts = all.reduce((sum, thread) => sum + thread.restarts, 0);
        return restarts === 1 && all.every((thread) => thread.state === 'running');
      });
      await site.gateway.logged('a proxy thread failed');
      // Connections that wait at the old thread's socket when it closes are reset by the system
      // (net.ipv4.tcp_migrate_req helps); once it is closed there must be none.
      await until('twenty requests in a row are served', () => servesTwenty(site));
    });
  });
}
