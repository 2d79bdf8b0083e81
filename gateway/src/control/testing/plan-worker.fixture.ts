import { parentPort, workerData } from 'node:worker_threads';
import { PlanApplier } from '../../proxy/plan/applier.ts';
import { uncounted } from '../../proxy/plan/plugin-instance.ts';
import { Resolver } from '../../proxy/upstream/dns/resolver.ts';
import { SharedCounterTable } from '../../shm/counter-table.ts';
import type { FromThread, ThreadSeed, ToThread } from '../../snapshot/messages.ts';
import { ThreadHealth } from '../../proxy/upstream/health/thread-health.ts';
import { troublePlugin } from './trouble.ts';
import { noContexts } from '../../proxy/plan/testing/no-contexts.ts';

/*
 * A proxy thread without sockets: compiles what it is sent and says so. How often it makes trouble
 * stands in the first word of its metrics memory.
 */
const seed = workerData as ThreadSeed;
const post = (message: FromThread): void => parentPort!.postMessage(message);
const log = (level: 'debug' | 'info' | 'warn' | 'error') => (message: string, details?: object) =>
  post({ type: 'log', level, message, ...(details && { details }) });
let listens = false;

const applier = new PlanApplier({
  plugins: [troublePlugin(new Int32Array(seed.metrics), post)],
  transports: { of: () => null },
  contexts: noContexts,
  resolver: new Resolver(),
  counters: new SharedCounterTable(seed.counters),
  health: new ThreadHealth(seed.health),
  log: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
  metrics: uncounted,
  now: () => Date.now(),
  post,
  onPlan() {
    if (!listens) post({ type: 'listening' });
    listens = true;
  },
});

parentPort!.on('message', (message: ToThread) => {
  if (message.type === 'changes') applier.stage(message);
  else if (message.type === 'commit') void applier.commit(message);
  else if (message.type === 'drain') {
    post({ type: 'log', level: 'info', message: `drains for ${message.timeout} ms` });
    post({ type: 'drained', cut: { requests: 0, streams: 0 } });
    parentPort!.close();
  }
});
post({ type: 'ready' });
