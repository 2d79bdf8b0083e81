import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { OperatorError } from '../../errors.ts';
import { knownPlugins } from '../../plugins/known.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { ALL_RUN } from '../../snapshot/unrunnable-plugins.ts';
import { StoreUnavailable, type Store, type StoreHealth } from '../../store/contract.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import { SnapshotFile } from '../disk/snapshot-file.ts';
import { RefusedError } from '../threads/publisher.ts';
import { entity, tablesWith } from '../testing/entities.ts';
import { Notes } from '../testing/notes.ts';
import { createJudgement } from '../trial/create-judgement.ts';
import { CaveatWatch } from './caveat-watch.ts';
import { StoreSource } from './store-source.ts';

/** A store in memory that can go away, and in whose place another one can be. */
class Flighty extends MemoryStore implements Store {
  away = false;
  other: MemoryStore | null = null;

  declare readonly health: StoreHealth;

  constructor(...options: ConstructorParameters<typeof MemoryStore>) {
    super(...options);
    Object.defineProperty(this, 'health', {
      get: () => ({ reachable: !this.away, problem: this.away ? 'gone' : null, since: 0 }),
    });
  }

  override load(): ReturnType<MemoryStore['load']> {
    if (this.away) return Promise.reject(new StoreUnavailable('unreachable', 'gone'));
    return this.other?.load() ?? super.load();
  }

  override identity(): Promise<string> {
    return this.other?.identity() ?? super.identity();
  }

  override changesSince(
    ...args: Parameters<MemoryStore['changesSince']>
  ): ReturnType<MemoryStore['changesSince']> {
    if (this.away) return Promise.reject(new StoreUnavailable('unreachable', 'gone'));
    return this.other === null ? super.changesSince(...args) : Promise.resolve(undefined);
  }
}

describe('a configuration in a store', () => {
  const first = entity('services', { name: 'first', host: 'h' });
  let folder: string;
  let store: Flighty;
  let log: Notes;
  let published: Snapshot[];
  let heard: () => void;
  let publish: (snapshot: Snapshot) => Promise<void>;
  let source: StoreSource;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-source-'));
    store = new Flighty({ tables: tablesWith({ services: [first] }), revision: 5 });
    log = new Notes();
    published = [];
    heard = () => {};
    publish = () => Promise.resolve();
    source = open();
  });
  afterEach(async () => {
    await source.close();
    rmSync(folder, { recursive: true });
  });

  function open(withCopy = false): StoreSource {
    return new StoreSource({
      store,
      plugins: knownPlugins,
      unrunnable: ALL_RUN,
      judgement: createJudgement(false),
      caveats: new CaveatWatch(log, () => []),
      copy: withCopy ? new SnapshotFile({ path: join(folder, 'copy'), origin: 'o', log }) : null,
      publish: async (snapshot) => {
        await publish(snapshot);
        published.push(snapshot);
        heard();
      },
      log,
    });
  }

  async function add(name: string): Promise<number> {
    const service = entity('services', { name, host: 'h' });
    const { revision } = await store.transaction((tx) => tx.insert('services', service));
    return revision;
  }

  async function servedAt(revision: number): Promise<Snapshot> {
    for (;;) {
      const found = published.find((snapshot) => snapshot.revision === revision);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => (heard = resolve));
    }
  }

  it('is served with the revision of the store', async () => {
    const { revision, tables } = await source.first();
    assert.equal(revision, 5);
    assert.deepEqual([...tables.services.values()], [first]);
    assert.equal(source.current.revision, 5);
  });

  it('is followed as the store changes, whoever changes it', async () => {
    await source.first();
    const revision = await add('second');
    const { tables } = await servedAt(revision);
    assert.deepEqual(
      [...tables.services.values()].map(({ name }) => name),
      ['first', 'second'],
    );
  });

  it('is followed without reading what the process itself has changed', async () => {
    await source.first();
    const { changes, revision } = await store.transaction((tx) =>
      tx.insert('services', entity('services', { name: 'own', host: 'h' })),
    );
    store.away = true;
    source.changed(revision, changes);
    assert.equal((await servedAt(revision)).tables.services.size, 2);
  });

  it('takes many changes at once when they come fast', async () => {
    await source.first();
    let revision = 0;
    for (let n = 0; n < 200; n += 1) revision = await add(`n${n}`);
    const { tables } = await servedAt(revision);
    assert.equal(tables.services.size, 201);
    assert.ok(published.length < 100, `${published.length} were published`);
  });

  it('misses no change that was made while it was loaded', async () => {
    publish = async () => {
      publish = () => Promise.resolve();
      await add('meanwhile');
    };
    await source.first();
    assert.equal((await servedAt(6)).tables.services.size, 2);
  });

  it('is loaded anew when the store does not know any more what has changed', async () => {
    await source.first();
    store.changesSince = () => Promise.resolve(undefined);
    const revision = await add('after-a-gap');
    assert.equal((await servedAt(revision)).tables.services.size, 2);
  });

  it('goes on from what threads refused, and says what that was', async () => {
    await source.first();
    publish = () => Promise.reject(new RefusedError('plugin p: setup failed'));
    await add('bad');
    await log.have(/configuration refused/);
    assert.deepEqual(source.status.lastReload?.errors, ['plugin p: setup failed']);
    assert.equal(source.status.failures, 1);
    publish = () => Promise.resolve();
    const revision = await add('good');
    assert.equal((await servedAt(revision)).tables.services.size, 3);
    assert.equal(source.status.lastReload?.ok, true);
  });

  it('does not start from nothing when the store is away', async () => {
    store.away = true;
    await assert.rejects(source.first(), (error: Error) => {
      assert.ok(error instanceof OperatorError);
      assert.match(error.message, /is away \(gone\), and there is no copy of its configuration/);
      return true;
    });
    assert.deepEqual(published, []);
  });

  it('passes on how to mend what does not mend itself', async () => {
    const help = 'Create it.';
    store.load = () =>
      Promise.reject(new StoreUnavailable('unreachable', 'no such database', { help }));
    await assert.rejects(source.first(), (error: Error) => {
      assert.ok(error instanceof OperatorError);
      assert.match(error.message, /is away \(no such database\), and there is no copy/);
      assert.equal(error.help, help);
      return true;
    });
  });

  it('starts from its copy when the store is away, and follows the store when that is back', async () => {
    const before = open(true);
    await before.first();
    await before.close();
    store.away = true;
    source = open(true);
    assert.equal((await source.first()).revision, 5);
    assert.equal(source.status.store?.source, 'snapshot');
    assert.equal(source.status.store?.lastSync, null);
    await log.have(/serving the copy of the configuration on disk/);
    store.away = false;
    const revision = await add('while-it-was-away');
    assert.equal((await servedAt(revision)).tables.services.size, 2);
    assert.equal(source.status.store?.source, 'store');
  });

  describe('in whose place there is another store', () => {
    it('goes on serving, changes nothing there, and says so until it is back', async () => {
      await source.first();
      store.other = new MemoryStore();
      await source.reload('test');
      await log.have(/another store, made on .* revision 5 of that goes on serving/);
      assert.equal(source.current.revision, 5);
      const { foreign, problem, lastSync } = source.status.store!;
      assert.equal(foreign, true);
      assert.match(problem ?? '', /another store/);
      assert.match(source.caveats.join(), /another store/);
      await assert.rejects(
        source.judge([]),
        (error) => error instanceof StoreUnavailable && error.reason === 'foreign',
      );
      await source.reload('test');
      assert.equal(log.lines.filter((line) => /another store/.test(line)).length, 1);
      assert.equal(source.status.store?.lastSync, lastSync);
      store.other = null;
      const revision = await add('again');
      assert.equal((await servedAt(revision)).tables.services.size, 2);
      assert.equal(source.status.store?.foreign, false);
      assert.deepEqual(source.caveats, []);
    });

    it('serves its copy when it is started, and the other store when that was moved away', async () => {
      const before = open(true);
      await before.first();
      await before.close();
      store.other = new MemoryStore();
      source = open(true);
      assert.equal((await source.first()).revision, 5);
      assert.match(source.status.store?.problem ?? '', /move \S+copy away and start the node anew/);
      await source.close();
      rmSync(join(folder, 'copy'));
      source = open(true);
      assert.equal((await source.first()).revision, 0);
    });
  });

  describe('that was set back', () => {
    const aside = (): string[] =>
      readdirSync(folder).filter((name) => name.startsWith('snapshot-5-'));

    it('is served, and what was served before is kept', async () => {
      source = open(true);
      await source.first();
      store.changesSince = () => Promise.resolve(undefined);
      store.load = async () => ({
        identity: await store.identity(),
        revision: 3,
        tables: tablesWith({}),
      });
      await source.reload('test');
      assert.equal((await servedAt(3)).tables.services.size, 0);
      await log.have(/set back.* at revision 3, and does not lead on from revision 5/);
      assert.equal(aside().length, 1);
    });

    it('is noticed at the start', async () => {
      const before = open(true);
      await before.first();
      await before.close();
      const load = store.load.bind(store);
      store.load = async () => ({ ...(await load()), revision: 3 });
      source = open(true);
      assert.equal((await source.first()).revision, 3);
      await log.have(/set back.* at revision 3, and does not lead on from revision 5/);
      assert.equal(aside().length, 1);
    });
  });

  it('says when the store goes away and when it is back', async () => {
    await source.first();
    store.away = true;
    await source.reload('SIGHUP');
    await log.have(/the store of the configuration is away/);
    store.away = false;
    await source.reload('SIGHUP');
    await log.have(/the store of the configuration is back/);
  });
});
