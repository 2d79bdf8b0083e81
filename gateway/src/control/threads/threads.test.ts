import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { resolveOptions } from '../../settings/resolve.ts';
import { toNodeSettings } from '../../settings/settings.ts';
import { createCounterMemory } from '../../shm/counter-table.ts';
import { createHealthMemory } from '../../shm/target-health.ts';
import type { GatewayLog } from '../gateway-log.ts';
import { Publisher, RefusedError } from './publisher.ts';
import { pluginDelta, plugins } from '../testing/records.ts';
import type { Plugins } from '../testing/records.ts';
import type { Trouble } from '../testing/trouble.ts';
import { ThreadPool } from './threads.ts';

const entry = new URL('../testing/plan-worker.fixture.ts', import.meta.url);
const settings = {
  ...toNodeSettings(resolveOptions({ config: 'unused' }, {})),
  threadHeap: { old: 24, young: 4 },
};

/** Threads without sockets, and what they log. */
class Threads {
  readonly lines: { message: string; details: Record<string, unknown>; healthy: number }[] = [];
  readonly publisher = new Publisher<Plugins>(pluginDelta);
  readonly pool: ThreadPool<Plugins>;
  readonly #troubles = new SharedArrayBuffer(8);
  ended = 0;
  #heard: (() => void)[] = [];

  constructor(count: number, { troubles = 0, reusePort = true } = {}) {
    new Int32Array(this.#troubles)[0] = troubles;
    const counters = createCounterMemory(32);
    const health = createHealthMemory(32);
    const note = (message: string, details: object = {}): void => {
      const { healthy } = this.pool;
      this.lines.push({ message, details: details as Record<string, unknown>, healthy });
      for (const heard of this.#heard.splice(0)) heard();
    };
    const log: GatewayLog = { debug: note, info: note, warn: note, error: note };
    this.pool = new ThreadPool<Plugins>(count, {
      entry,
      publisher: this.publisher,
      log,
      drainTimeout: 1234,
      reusePort,
      seed: (threadIndex) => ({
        threadIndex,
        settings,
        counters,
        health,
        metrics: this.#troubles,
        nodeId: 'test',
        tls: null,
        upstreamTls: { authorities: null, certificate: null },
      }),
      onSeries: () => {},
      onEnded: () => this.ended++,
    });
  }

  get restarts(): number {
    return this.pool.status.reduce((sum, { restarts }) => sum + restarts, 0);
  }

  async publish(revision: number, ...troubles: Trouble[]): Promise<void> {
    await this.publisher.publish(plugins(revision, troubles));
  }

  /** Resolves when the log has this many lines of the kind. */
  async logged(pattern: RegExp, times = 1): Promise<void> {
    const count = (): number => this.lines.filter(({ message }) => pattern.test(message)).length;
    while (count() < times) await new Promise<void>((resolve) => this.#heard.push(resolve));
  }

  async healthy(count: number): Promise<void> {
    while (this.pool.healthy !== count) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('the proxy threads', () => {
  let threads: Threads;
  afterEach(() => threads.pool.terminate());

  it('listen once they have a configuration', async () => {
    threads = new Threads(2);
    await threads.pool.ready;
    assert.equal(threads.pool.healthy, 0);
    await Promise.all([threads.publish(1), threads.pool.listening]);
    assert.equal(threads.pool.healthy, 2);
    assert.equal(threads.publisher.served?.revision, 1);
  });

  for (const [how, reason] of [
    ['exit', /exited with status 3/],
    ['throw', /planted/],
    ['heap', /out of memory/],
  ] as const) {
    it(`are replaced when one dies (${how}), with the configuration of the others`, async () => {
      threads = new Threads(2, { troubles: 1 });
      await Promise.all([threads.publish(1), threads.pool.listening]);
      await threads.publish(2, how).catch(() => {});
      await threads.logged(/failed and is being replaced/);
      await threads.healthy(2);
      assert.equal(threads.restarts, 1);
      const line = threads.lines.find(({ message }) => /replaced/.test(message));
      assert.match(String(line?.details['reason']), reason);
      assert.match(String(line?.details['thread']), /[01]/);
      await threads.publish(3, how);
      assert.equal(threads.publisher.served?.revision, 3);
    });
  }

  it('serve on until the replacement listens when one says that it failed', async () => {
    threads = new Threads(1, { troubles: 1 });
    await Promise.all([threads.publish(1), threads.pool.listening]);
    await threads.publish(2, 'failed');
    await threads.logged(/drains for 1234 ms/);
    assert.equal(threads.pool.healthy, 1);
    assert.equal(threads.restarts, 1);
  });

  it('end before their replacement begins where a port cannot be shared', async () => {
    threads = new Threads(1, { troubles: 1, reusePort: false });
    await Promise.all([threads.publish(1), threads.pool.listening]);
    await threads.publish(2, 'failed');
    await threads.logged(/drains for 1234 ms/);
    const drains = threads.lines.find(({ message }) => message.startsWith('drains for'));
    assert.equal(drains?.healthy, 0);
    await threads.healthy(1);
  });

  it('are tried again when they die again and again', async () => {
    threads = new Threads(1, { troubles: 3 });
    await Promise.all([threads.publish(1), threads.pool.listening]);
    void threads.publish(2, 'exit');
    await threads.logged(/failed and is being replaced/, 3);
    await threads.healthy(1);
    assert.equal(threads.restarts, 3);
  });

  it('report one that fails before all listen', async () => {
    threads = new Threads(2, { troubles: 1 });
    void threads.publish(1, 'exit');
    await assert.rejects(threads.pool.listening, /exited with status 3/);
    assert.deepEqual(threads.lines, []);
  });

  it('keep the old configuration when a plugin cannot be set up', async () => {
    threads = new Threads(2, { troubles: 1 });
    await Promise.all([threads.publish(1), threads.pool.listening]);
    await assert.rejects(
      threads.publish(2, 'setup'),
      (error) =>
        error instanceof RefusedError &&
        error.message === 'plugin trouble (trouble setup): setup failed: planted',
    );
    assert.equal(threads.restarts, 0);
    await threads.publish(3);
    assert.equal(threads.publisher.served?.revision, 3);
  });

  it('end when drained, and are not replaced', async () => {
    threads = new Threads(2);
    await Promise.all([threads.publish(1), threads.pool.listening]);
    await threads.pool.drain(50);
    assert.equal(threads.pool.healthy, 0);
    assert.equal(threads.restarts, 0);
    assert.equal(threads.ended, 2);
    assert.equal(threads.lines.filter(({ message }) => message === 'drains for 50 ms').length, 2);
  });
});
