/**
 * What a new configuration costs a proxy thread: CPU ms of the whole process and of the longest turn
 * of the event loop, by what changed among so many services, routes and plugins of single routes.
 * Usage: node --expose-gc bench/micro/commit.ts [size…]
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { AnyPlugin } from '../../gateway/src/plugin/plugin.ts';
import { definePlugin, f } from '../../gateway/src/plugin/plugin.ts';
import { uncounted } from '../../gateway/src/proxy/plan/plugin-instance.ts';
import { PlanApplier } from '../../gateway/src/proxy/plan/applier.ts';
import { Resolver } from '../../gateway/src/proxy/upstream/dns/resolver.ts';
import { createCounterMemory, SharedCounterTable } from '../../gateway/src/shm/counter-table.ts';
import type { FromThread } from '../../gateway/src/snapshot/messages.ts';
import { ThreadHealth } from '../../gateway/src/proxy/upstream/health/thread-health.ts';
import { createHealthMemory } from '../../gateway/src/shm/target-health.ts';
import type { Change, RouteRecord } from '../../gateway/src/snapshot/records.ts';
import { noContexts } from '../../gateway/src/proxy/plan/testing/no-contexts.ts';

const ROUNDS = 7;
const CHANGES_PER_MESSAGE = 200;

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const idle: AnyPlugin = definePlugin({
  name: 'idle',
  summary: 'Does nothing.',
  version: '1',
  priority: 1,
  protocols: ['http'],
  config: f.record({}),
  setup: () => ({ access: () => undefined }),
});

/** Content that differs from one generation to the next, so that records do. */
function service(i: number, generation: number): Change {
  return {
    kind: 'services',
    op: 'put',
    record: {
      id: idOf('5', i),
      name: `service-${i}`,
      protocol: 'http',
      host: `10.0.${(i >> 8) & 255}.${i & 255}`,
      port: 8000,
      retries: 5,
      connect_timeout: 60_000,
      write_timeout: 60_000,
      read_timeout: 60_000 + generation,
    },
  };
}

function route(i: number, generation: number): Change {
  const path = `/api/service-${i}/`;
  const record: RouteRecord = {
    id: idOf('7', i),
    name: `route-${i}`,
    service: idOf('5', i),
    protocols: ['http', 'https'],
    paths: generation === 0 ? [path] : [path, `/generation-${generation}${path}`],
    https_redirect_status_code: 426,
    regex_priority: 0,
    strip_path: true,
    path_handling: 'v0',
    preserve_host: false,
    request_buffering: true,
    response_buffering: true,
  };
  return { kind: 'routes', op: 'put', record };
}

function plugin(i: number, scope: { route?: string }): Change {
  const id = idOf('9', i);
  const record = { id, name: 'idle', protocols: ['http', 'https'], config: {}, ...scope };
  return { kind: 'plugins', op: 'put', record };
}

function pluginOfRoute(i: number): Change {
  return plugin(i, { route: idOf('7', i) });
}

function idOf(kind: string, i: number): string {
  return `${kind}0000000-0000-4000-8000-${((i * 2654435761) % 2 ** 32).toString(16).padStart(12, '0')}`;
}

function all(size: number, generation: number): Change[] {
  const each = Array.from({ length: size }, (_, i) => i);
  return [
    ...each.map((i) => service(i, generation)),
    ...each.map((i) => route(i, generation)),
    ...each.map(pluginOfRoute),
    plugin(size, {}),
  ];
}

const cases: { name: string; changes: (size: number, round: number) => Change[] }[] = [
  { name: 'one route', changes: (size, round) => [route(size >> 1, round)] },
  { name: 'one service', changes: (size, round) => [service(size >> 1, round)] },
  { name: 'one plugin of a route', changes: (size) => [pluginOfRoute(size >> 1)] },
  { name: 'one global plugin', changes: (size) => [plugin(size, {})] },
  { name: 'a hundred routes', changes: (_, round) => hundred((i) => route(i, round)) },
  { name: 'all', changes: all },
];

function hundred(change: (i: number) => Change): Change[] {
  return Array.from({ length: 100 }, (_, i) => change(i));
}

interface Cost {
  /** CPU ms of the process, with what collects garbage beside the thread. */
  readonly total: number;
  /** CPU ms of the thread in its longest turn. */
  readonly longest: number;
}

class Thread {
  #answer: FromThread | undefined;
  #revision = 0;
  readonly #applier = new PlanApplier({
    plugins: [idle],
    transports: { of: () => null },
    contexts: noContexts,
    resolver: new Resolver(),
    counters: new SharedCounterTable(createCounterMemory(32)),
    health: new ThreadHealth(createHealthMemory(32)),
    log: silent,
    metrics: uncounted,
    now: Date.now,
    onPlan: () => undefined,
    post: (message) => {
      this.#answer = message;
    },
    disposeAfter: 0,
  });

  async apply(changes: readonly Change[]): Promise<Cost> {
    for (let at = 0; at < changes.length; at += CHANGES_PER_MESSAGE) {
      const piece = JSON.stringify(changes.slice(at, at + CHANGES_PER_MESSAGE));
      this.#applier.stage({ type: 'changes', seq: at, changes: piece });
    }
    globalThis.gc?.();
    // Until the sweepers are done, too.
    await delay(50);
    const turns = new Turns();
    const before = process.cpuUsage();
    const revision = ++this.#revision;
    await this.#applier.commit({ type: 'commit', revision, hash: '' });
    const { user, system } = process.cpuUsage(before);
    const longest = turns.stop();
    if (this.#answer?.type !== 'live') throw new Error(JSON.stringify(this.#answer));
    return { total: (user + system) / 1000, longest };
  }
}

/** Watches how much CPU the thread takes between two turns of its event loop. */
class Turns {
  #longest = 0;
  #last = threadTime();
  #running = true;

  constructor() {
    this.#next();
  }

  stop(): number {
    this.#note();
    this.#running = false;
    return this.#longest;
  }

  #next(): void {
    setImmediate(() => {
      if (!this.#running) return;
      this.#note();
      this.#next();
    });
  }

  #note(): void {
    const now = threadTime();
    this.#longest = Math.max(this.#longest, now - this.#last);
    this.#last = now;
  }
}

function threadTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function median(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[values.length >> 1]!.toFixed(1).padStart(9);
}

const sizes = process.argv.slice(2).map(Number);
console.log('   routes  changed                  CPU ms  longest turn, CPU ms');
for (const size of sizes.length > 0 ? sizes : [10_000, 100_000]) {
  const thread = new Thread();
  const show = (name: string, costs: readonly Cost[]): void => {
    const total = median(costs.map((cost) => cost.total));
    const longest = median(costs.map((cost) => cost.longest));
    console.log(`${String(size).padStart(9)}  ${name.padEnd(22)} ${total} ${longest}`);
  };
  show('from nothing', [await thread.apply(all(size, 0))]);
  for (const { name, changes } of cases) {
    const costs: Cost[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      costs.push(await thread.apply(changes(size, round)));
    }
    show(name, costs);
  }
}
