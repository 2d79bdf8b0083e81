import { isMainThread, parentPort, threadId, workerData } from 'node:worker_threads';
import { tidyHeap } from '../tidy-heap.ts';
import { bundledPlugins } from '../plugins/bundled.ts';
import { version } from '../version.ts';
import type { PluginLog } from '../plugin/plugin.ts';
import { SharedCounterTable } from '../shm/counter-table.ts';
import type { Listen } from '../settings/node-settings.ts';
import type { FromThread, ThreadSeed, TlsMaterial, ToThread } from '../snapshot/messages.ts';
import { entranceOf } from './client/entrance.ts';
import { Listener } from './net/listener.ts';
import { checkTls } from './net/tls-check.ts';
import { TlsContexts } from './net/tls-contexts.ts';
import { checkReads } from './net/read-check.ts';
import { checkBareSockets } from './socket/bare-check.ts';
import { checkWrites } from './socket/write-check.ts';
import { PlanApplier } from './plan/applier.ts';
import { streamEntrance } from './stream/stream-entrance.ts';
import { useSmallSlabs } from './small-slabs.ts';
import { ProxyThread } from './thread.ts';
import { openTelemetry } from './thread-telemetry.ts';
import { Resolver } from './upstream/dns/resolver.ts';
import { ThreadHealth } from './upstream/health/thread-health.ts';
import { Transports } from './upstream/transports.ts';
import { Trust } from './upstream/tls/trust.ts';

/** Without a listener that takes TLS nobody asks for more. */
const NO_TLS: TlsMaterial = { defaults: [], ticketKeys: null, clientAuthorities: null };

/** Entry of a proxy thread: everything it needs comes from the control thread. */
async function run(seed: ThreadSeed): Promise<void> {
  useSmallSlabs();
  const port = parentPort!;
  const post = (message: FromThread): void => port.postMessage(message);
  const telemetry = openTelemetry(seed, post);
  const thread = new ProxyThread({
    settings: seed.settings,
    version,
    metrics: telemetry.metrics,
    logAccess: telemetry.logAccess,
    logSession: telemetry.logSession,
    post,
  });
  telemetry.watch(thread);
  const listeners: Listener[] = [];
  const log = logTo(post);

  const { proxyListen, streamListen } = seed.settings;
  /** A unix socket cannot be shared: one thread has it. */
  const own = (all: readonly Listen[]): readonly Listen[] =>
    all.filter(({ address }) => seed.threadIndex === 0 || !('path' in address));

  async function listen(): Promise<void> {
    for (const one of own(proxyListen)) {
      listeners.push(await Listener.open(one, entranceOf(thread, one)));
    }
    for (const one of own(streamListen)) {
      listeners.push(await Listener.open(one, streamEntrance(thread, one)));
    }
    post({ type: 'listening' });
  }

  async function drain(timeout: number): Promise<void> {
    for (const listener of listeners) listener.close();
    const cut = await thread.drain(timeout);
    transports.renew();
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
  const contexts = new TlsContexts(seed.settings.tls, seed.tls ?? NO_TLS, (message) =>
    log.warn(message),
  );
  const trust = new Trust(seed.upstreamTls);
  const transports = new Transports(seed.settings, trust);
  const applier = new PlanApplier({
    plugins: [...bundledPlugins.values()],
    resolver,
    transports,
    contexts,
    counters: new SharedCounterTable(seed.counters),
    health,
    log,
    metrics: telemetry.metrics,
    now: () => thread.clock.wall,
    post,
    onPlan(plan) {
      const first = thread.plan === undefined;
      thread.usePlan(plan);
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
      case 'tls':
        contexts.use(message.tls);
        break;
      case 'upstream-tls':
        trust.use(message.material);
        transports.renew();
        break;
      case 'tidy':
        tidyHeap();
        break;
      case 'reopen-logs':
        telemetry.reopen();
        break;
    }
  });
  await checkReads();
  // On a Node that wants an object for each write, to try a bare socket would end the process.
  if (await checkWrites()) await checkBareSockets();
  if (seed.tls !== null) await checkTls(contexts.fallback);
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
