import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { GatewayLog } from './gateway-log.ts';
import { ConfigurationError } from './load.ts';
import { Reloader } from './reload.ts';

interface Loaded {
  readonly revision: number;
  readonly hash: string;
}

/** Loads what is next in line; the first has the hash `one`. */
class Reloads {
  /** Hashes of what is loaded next, or why it cannot be. */
  readonly next: (string | Error)[] = ['one'];
  readonly published: number[] = [];
  readonly lines: string[] = [];
  readonly reloader: Reloader<Loaded>;
  loads = 0;
  publish: () => Promise<void> = () => Promise.resolve();

  constructor() {
    const note = (message: string): number => this.lines.push(message);
    const log: GatewayLog = { debug: note, info: note, warn: note, error: note };
    this.reloader = new Reloader<Loaded>({
      load: (revision) => {
        this.loads++;
        const next = this.next.shift()!;
        return next instanceof Error
          ? Promise.reject(next)
          : Promise.resolve({ revision, hash: next });
      },
      publish: async (snapshot) => {
        await this.publish();
        this.published.push(snapshot.revision);
      },
      log,
    });
  }

  /** One reload that loads this. */
  async reload(next: string | Error): Promise<void> {
    this.next.push(next);
    await this.reloader.reload('SIGHUP');
  }
}

describe('reloading', () => {
  let reloads: Reloads;
  beforeEach(async () => {
    reloads = new Reloads();
    await reloads.reloader.first();
  });

  it('publishes what differs, and nothing when all is the same', async () => {
    await reloads.reload('one');
    assert.deepEqual(reloads.published, [1]);
    await reloads.reload('two');
    assert.deepEqual(reloads.published, [1, 2]);
    assert.deepEqual(reloads.lines, ['configuration unchanged', 'configuration loaded']);
    assert.equal(reloads.reloader.failures, 0);
    assert.equal(reloads.reloader.last?.ok, true);
  });

  it('logs all that is wrong before it says that it refuses, and tells of it', async () => {
    const loaded = reloads.reloader.lastSuccess;
    await reloads.reload(new ConfigurationError(['f:1:2: a', 'f:3:4: b']));
    assert.deepEqual(reloads.lines.slice(0, 2), ['f:1:2: a', 'f:3:4: b']);
    assert.match(reloads.lines[2]!, /refused/);
    assert.deepEqual(reloads.published, [1]);
    const { failures, last, lastSuccess } = reloads.reloader;
    assert.deepEqual(
      { failures, ok: last?.ok, errors: last?.errors, lastSuccess },
      { failures: 1, ok: false, errors: ['f:1:2: a', 'f:3:4: b'], lastSuccess: loaded },
    );
  });

  it('keeps what it has when a thread cannot compile the new, and never uses a revision twice', async () => {
    reloads.publish = () => Promise.reject(new Error('plugin x (1): no'));
    await reloads.reload('two');
    assert.match(reloads.lines.join('\n'), /plugin x \(1\): no\n.*refused/);
    reloads.publish = () => Promise.resolve();
    await reloads.reload('one');
    assert.match(reloads.lines.at(-1)!, /unchanged/);
    await reloads.reload('three');
    assert.deepEqual(reloads.published, [1, 3]);
  });

  it('loads once more when asked during a reload, however often', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    reloads.publish = () => promise;
    reloads.next.push('two', 'three');
    const all = [1, 2, 3, 4].map(() => reloads.reloader.reload('the file changed'));
    await new Promise((done) => setImmediate(done));
    resolve();
    await Promise.all(all);
    assert.equal(reloads.loads, 3);
    assert.deepEqual(reloads.published, [1, 2, 3]);
  });

  it('gives the reason why there is no first configuration', async () => {
    const fresh = new Reloads();
    fresh.next[0] = new ConfigurationError(['f: no']);
    await assert.rejects(fresh.reloader.first(), ConfigurationError);
  });
});
