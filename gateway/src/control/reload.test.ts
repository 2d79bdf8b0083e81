import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GatewayLog } from './gateway-log.ts';
import { ConfigurationError, Reloader } from './reload.ts';

interface Loaded {
  readonly revision: number;
  readonly hash: string;
}

/** Loads what is next in line. */
class Reloads {
  readonly next: (Loaded | Error)[] = [];
  readonly published: number[] = [];
  readonly lines: string[] = [];
  readonly reloader: Reloader<Loaded>;
  loads = 0;
  publish: () => Promise<void> = () => Promise.resolve();

  constructor() {
    const note = (message: string): number => this.lines.push(message);
    const log: GatewayLog = { debug: note, info: note, warn: note, error: note };
    this.reloader = new Reloader<Loaded>(
      { revision: 1, hash: 'one' },
      {
        load: () => {
          this.loads++;
          const next = this.next.shift();
          return next instanceof Error ? Promise.reject(next) : Promise.resolve(next!);
        },
        publish: async (snapshot) => {
          await this.publish();
          this.published.push(snapshot.revision);
        },
        log,
      },
    );
  }
}

describe('reloading', () => {
  it('publishes what differs, and nothing when all is the same', async () => {
    const reloads = new Reloads();
    reloads.next.push({ revision: 2, hash: 'one' }, { revision: 3, hash: 'two' });
    await reloads.reloader.reload('SIGHUP');
    assert.deepEqual(reloads.published, []);
    await reloads.reloader.reload('SIGHUP');
    assert.deepEqual(reloads.published, [3]);
    assert.equal(reloads.reloader.current.hash, 'two');
    assert.deepEqual(reloads.lines, ['configuration unchanged', 'configuration loaded']);
  });

  it('logs all that is wrong before it says that it refuses, and keeps what it has', async () => {
    const reloads = new Reloads();
    reloads.next.push(new ConfigurationError(['f:1:2: a', 'f:3:4: b']));
    await reloads.reloader.reload('SIGHUP');
    assert.deepEqual(reloads.lines.slice(0, 2), ['f:1:2: a', 'f:3:4: b']);
    assert.match(reloads.lines[2]!, /refused/);
    assert.equal(reloads.reloader.current.revision, 1);
  });

  it('keeps what it has when a thread cannot compile the new', async () => {
    const reloads = new Reloads();
    reloads.publish = () => Promise.reject(new Error('plugin x (1): no'));
    reloads.next.push({ revision: 2, hash: 'two' });
    await reloads.reloader.reload('SIGHUP');
    assert.match(reloads.lines.join('\n'), /plugin x \(1\): no\n.*refused/);
    assert.equal(reloads.reloader.current.revision, 1);
  });

  it('loads once more when asked during a reload, however often', async () => {
    const reloads = new Reloads();
    const { promise, resolve } = Promise.withResolvers<void>();
    reloads.publish = () => promise;
    reloads.next.push({ revision: 2, hash: 'two' }, { revision: 3, hash: 'three' });
    const first = reloads.reloader.reload('SIGHUP');
    const others = [1, 2, 3].map(() => reloads.reloader.reload('the file changed'));
    await new Promise((done) => setImmediate(done));
    resolve();
    await Promise.all([first, ...others]);
    assert.equal(reloads.loads, 2);
    assert.deepEqual(reloads.published, [2, 3]);
  });
});
