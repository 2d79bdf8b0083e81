import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { AnyPlugin, PluginLog } from '../../plugin/plugin.ts';
import { definePlugin, f } from '../../plugin/plugin.ts';
import { createCounterMemory, SharedCounterTable } from '../../shm/counter-table.ts';
import type { FromThread } from '../../snapshot/messages.ts';
import type { Change } from '../../snapshot/records.ts';
import type { MatchResult } from '../router/router.ts';
import { routeQuery } from '../router/testing.ts';
import { Resolver } from '../upstream/dns/resolver.ts';
import { uncounted } from './plugin-instance.ts';
import { PlanApplier } from './applier.ts';
import type { Plan, RoutePlan } from './plan.ts';
import { ThreadHealth } from '../upstream/health/thread-health.ts';
import { createHealthMemory } from '../../shm/target-health.ts';
import { gone, plugin, route, service } from './testing/changes.ts';
import { noContexts } from './testing/no-contexts.ts';

const KEYS = 'keyauth_credentials';

const key = (id: string, value: string): Change => ({
  kind: 'credentials',
  op: 'put',
  record: { id, table: KEYS, key: value, consumer: 'c' },
});

/** A thread's applier, with a plugin `p` that notes its setups and disposals. */
class Bench {
  readonly notes: string[] = [];
  readonly answers: FromThread[] = [];
  readonly applier: PlanApplier;
  plan: Plan | undefined;
  /** What the directory held when the plan was handed over. */
  onPlan: (plan: Plan) => void = () => {};
  revision = 0;

  /** @param disposeAfter ms */
  constructor(disposeAfter = 1) {
    const note = (message: string): number => this.notes.push(message);
    const log: PluginLog = { debug: note, info: note, warn: note, error: note };
    this.applier = new PlanApplier({
      plugins: [this.#plugin()],
      transports: { of: () => null },
      contexts: noContexts,
      resolver: new Resolver(),
      counters: new SharedCounterTable(createCounterMemory(32)),
      health: new ThreadHealth(createHealthMemory(32)),
      log,
      metrics: uncounted,
      now: () => 0,
      post: (message) => this.answers.push(message),
      onPlan: (plan) => {
        this.plan = plan;
        this.onPlan(plan);
      },
      disposeAfter,
    });
  }

  /** Sends one piece and the commit; returns the answer to the commit. */
  async apply(...changes: Change[]): Promise<FromThread> {
    this.applier.stage({ type: 'changes', seq: 1, changes: JSON.stringify(changes) });
    const revision = ++this.revision;
    await this.applier.commit({ type: 'commit', revision, hash: 'h' });
    return this.answers.at(-1)!;
  }

  match(path: string): RoutePlan | null {
    const query = routeQuery({ host: 'h', port: 80, path });
    const result: MatchResult<RoutePlan> = { target: null, matchedLength: 0, pattern: null };
    this.plan?.router.match(query, result);
    return result.target;
  }

  #plugin(): AnyPlugin {
    const made = definePlugin({
      name: 'p',
      summary: 'For tests.',
      version: '1',
      priority: 1,
      protocols: ['http'],
      config: f.record({ fail: f.boolean() }),
      setup: ({ fail }, { instance }) => {
        if (fail === true) throw new Error('planted');
        this.notes.push(`setup ${instance.id}`);
        return {
          dispose: () => {
            this.notes.push(`dispose ${instance.id}`);
            if (instance.id === 'clumsy') throw new Error('planted');
          },
        };
      },
    });
    return made;
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('the plan applier', () => {
  it('lets go of plans though parts of them wait to be disposed', async () => {
    const bench = new Bench(60_000);
    await bench.apply(service('s'), route('r', { service: 's' }), plugin('p1'));
    await bench.apply(route('q', { service: 's' }), gone('plugins', 'p1'), plugin('p2'));
    const between = new WeakRef(bench.match('/q')!);
    await bench.apply(gone('routes', 'q'), gone('plugins', 'p2'), plugin('p3'));
    await new Promise(setImmediate);
    collectGarbage();
    assert.equal(between.deref(), undefined);
  });

  it('hands over a plan that routes, and answers live', async () => {
    const bench = new Bench();
    const answer = await bench.apply(service('s'), route('r', { service: 's' }), plugin('g'));
    assert.deepEqual(answer, { type: 'live', revision: 1, hash: 'h' });
    const found = bench.match('/r/x');
    assert.equal(found?.id, 'r');
    assert.equal(found?.service?.id, 's');
    assert.equal(bench.plan?.globalChain.instances?.[0]?.info.id, 'g');
    assert.equal(bench.match('/elsewhere'), null);
  });

  it('acknowledges each piece, and shows nothing of it before the commit', async () => {
    const bench = new Bench();
    await bench.apply();
    const before = bench.plan;
    const changes = JSON.stringify([route('r'), key('k', 'secret')]);
    bench.applier.stage({ type: 'changes', seq: 7, changes });
    await until(() => bench.answers.some((answer) => answer.type === 'ack' && answer.seq === 7));
    assert.equal(bench.plan, before);
    assert.equal(bench.applier.directory.credential(KEYS, 'secret'), undefined);
  });

  it('has new credentials before the swap, and has lost removed ones when it says live', async () => {
    const bench = new Bench();
    await bench.apply(key('k1', 'old'));
    const seen: unknown[] = [];
    bench.onPlan = ({ directory }) => {
      for (const value of ['old', 'new']) seen.push(directory.credential(KEYS, value)?.id);
    };
    await bench.apply(key('k2', 'new'), gone('credentials', 'k1'));
    assert.deepEqual(seen, ['k1', 'k2']);
    assert.equal(bench.applier.directory.credential(KEYS, 'old'), undefined);
    assert.equal(bench.applier.directory.credential(KEYS, 'new')?.id, 'k2');
  });

  it('sets up only what changed, and disposes what is gone after a while', async () => {
    const bench = new Bench();
    await bench.apply(
      plugin('kept'),
      plugin('changed', { route: 'x' }),
      plugin('gone', { route: 'y' }),
    );
    const handlers = bench.plan?.globalChain.instances?.[0]?.handlers;
    bench.notes.length = 0;
    await bench.apply(plugin('changed', { route: 'x', config: {} }), gone('plugins', 'gone'));
    assert.equal(bench.plan?.globalChain.instances?.[0]?.handlers, handlers);
    assert.deepEqual(bench.notes, ['setup changed']);
    await until(() => bench.notes.length === 3);
    assert.deepEqual(bench.notes.slice(1).sort(), ['dispose changed', 'dispose gone']);
  });

  it('goes on with the old plan when a setup throws, and names the plugin', async () => {
    const bench = new Bench();
    await bench.apply(route('r'), key('k', 'x'), plugin('a'));
    const before = bench.plan;
    bench.notes.length = 0;
    const answer = await bench.apply(
      gone('routes', 'r'),
      gone('credentials', 'k'),
      plugin('good', { route: 'r' }),
      plugin('bad', { config: { fail: true } }),
    );
    assert.deepEqual(answer, {
      type: 'failed-commit',
      revision: 2,
      message: 'plugin p (bad): setup failed: planted',
    });
    assert.equal(bench.plan, before);
    assert.ok(bench.applier.directory.credential(KEYS, 'x'));
    assert.deepEqual(bench.notes, ['setup good', 'dispose good']);
    await bench.apply(route('r2'));
    assert.ok(bench.match('/r'), 'the changes of the refused commit are forgotten');
    assert.ok(bench.match('/r2'));
  });

  it('refuses a plugin that this gateway does not have', async () => {
    const bench = new Bench();
    const answer = await bench.apply(plugin('1', { name: 'unheard' }));
    assert.equal(answer.type, 'failed-commit');
    assert.match((answer as { message: string }).message, /unheard \(1\): no plugin of this name/);
  });

  it('logs a dispose that throws, and goes on', async () => {
    const bench = new Bench();
    await bench.apply(plugin('clumsy', { route: 'x' }), plugin('other', { route: 'y' }));
    await bench.apply(gone('plugins', 'clumsy'), gone('plugins', 'other'));
    await until(() => bench.notes.includes('dispose other'));
    assert.ok(bench.notes.includes('plugin p (clumsy): dispose failed: planted'));
  });

  it('lets a less specific instance run where a specific one is not for HTTP', async () => {
    const bench = new Bench();
    await bench.apply(route('r'), plugin('g'), plugin('tcp', { route: 'r', protocols: ['tcp'] }));
    assert.equal(bench.match('/r')?.chain.instances?.[0]?.info.id, 'g');
  });
});

describe('compiling beside the traffic', () => {
  it('gives the event loop its turns while it compiles a large configuration', async () => {
    const bench = new Bench();
    const changes: Change[] = [service('s')];
    for (let i = 0; i < 5000; i++) changes.push(route(`r${i}`, { service: 's' }));
    let turns = 0;
    let busy = true;
    const count = (): void => {
      turns++;
      if (busy) setImmediate(count);
    };
    bench.applier.stage({ type: 'changes', seq: 1, changes: JSON.stringify(changes) });
    setImmediate(count);
    await bench.applier.commit({ type: 'commit', revision: 1, hash: 'h' });
    busy = false;
    assert.ok(turns > 3, `${turns} turns`);
    assert.equal(bench.match('/r4999')?.id, 'r4999');
  });
});
