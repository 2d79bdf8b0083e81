import { isMainThread, parentPort, threadId, workerData } from 'node:worker_threads';
import { bundledPlugins } from '../plugins/bundled.ts';
import { version } from '../version.ts';
import type { PluginLog } from '../plugin/plugin.ts';
import { SharedCounterTable } from '../shm/counter-table.ts';
import type { FromThread, ThreadSeed, ToThread } from '../snapshot/messages.ts';
import { ClientConnection } from './client/http1-connection.ts';
import { Listener } from './net/listener.ts';
import { checkReads } from './net/read-check.ts';
import { checkWrites } from './socket/write-check.ts';
import { PlanApplier } from './plan/applier.ts';
import { ProxyThread } from './thread.ts';
import { openTelemetry } from './thread-telemetry.ts';
import { Resolver } from './upstream/resolver.ts';
import { ThreadHealth } from './upstream/thread-health.ts';

/** Entry of a proxy thread: everything it needs comes from the control thread. */
async function run(seed: ThreadSeed): Promise<void> {
  const port = parentPort!;
  const post = (message: FromThread): void => port.postMessage(message);
  const telemetry = openTelemetry(seed, post);
  const thread = new ProxyThread({
    settings: seed.settings,
    version,
    metrics: telemetry.metrics,
    logAccess: telemetry.logAccess,
    post,
  });
  telemetry.watch(thread);
  const listeners: Listener[] = [];
  const log = logTo(post);

  async function listen(): Promise<void> {
    for (const address of seed.settings.proxyListen) {
      listeners.push(
        await Listener.open(address, (handle, localPort) => {
          thread.connectionOpened(new ClientConnection(thread, handle, localPort));
        }),
      );
    }
    post({ type: 'listening', addresses: listeners.map((listener) => listener.address) });
  }

  async function drain(timeout: number): Promise<void> {
    for (const listener of listeners) listener.close();
    const cut = await thread.drain(timeout);
    resolver.dispose();
    health.close();
    await telemetry.close();
    post({ type: 'drained', cut });
    port.close();
  }

  const resolver = new Resolver({
    now: () => thread.clock.wall,
    onError: (subject, reason) => log.warn(`name resolution: ${subject}: ${reason}`),
  });
  const health = new ThreadHealth(seed.health);
  const applier = new PlanApplier({
    plugins: [...bundledPlugins.values()],
    resolver,
    counters: new SharedCounterTable(seed.counters),
    health,
    log,
    now: () => thread.clock.wall,
    post,
    onPlan(plan) {
      const first = thread.plan === undefined;
      thread.plan = plan;
      telemetry.metrics.setPerConsumer(plan.countsByConsumer);
      if (first) listen().catch(fail);
    },
  });

  function fail(error: unknown): void {
    post({
      type: 'failed',
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }

  // One request's bug must not take the others with it: the control thread starts a replacement and
  // then drains this thread.
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);

  port.on('message', (message: ToThread) => {
    switch (message.type) {
      case 'changes':
        applier.stage(message);
        break;
      case 'commit':
        applier.commit(message).catch(fail);
        break;
      case 'drain':
        drain(message.timeout).catch(fail);
        break;
      case 'reopen-logs':
        telemetry.reopen();
        break;
    }
  });
  await checkReads();
  await checkWrites();
  post({ type: 'ready' });
}

function logTo(post: (message: FromThread) => void): PluginLog {
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => (message: string, details?: object) =>
    post(
      details === undefined
        ? { type: 'log', level, message }
        : { type: 'log', level, message, details },
    );
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

if (isMainThread) throw new Error(`proxy/worker runs as a thread, not as thread ${threadId}`);
await run(workerData as ThreadSeed);
