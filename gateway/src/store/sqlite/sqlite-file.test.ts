import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, it } from 'node:test';
import { OperatorError } from '../../errors.ts';
import { StoreUnavailable, type Store } from '../contract.ts';
import { migrate, migrationStatus, openStore } from '../open-store.ts';
import { counts, insertAll, service } from '../testing/entities.ts';
import { DATABASE_FILE } from './database-file.ts';
import { translated } from './sqlite-errors.ts';

describe('the SQLite file', () => {
  const root = mkdtempSync(join(tmpdir(), 'sluice-sqlite-'));
  const stores: Store[] = [];
  let folders = 0;
  const fresh = (): string => join(root, 'data', String((folders += 1)));
  const open = async (folder: string): Promise<Store> => {
    const store = await openStore({ kind: 'sqlite', folder });
    stores.push(store);
    return store;
  };
  after(async () => {
    await Promise.all(stores.map((store) => store.close()));
    rmSync(root, { recursive: true });
  });

  it('is for its owner only, and so is the folder that is made for it', async () => {
    const folder = fresh();
    await insertAll(await open(folder), ['services', service()]);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    for (const suffix of ['', '-wal', '-shm']) {
      const { mode } = statSync(join(folder, `${DATABASE_FILE}${suffix}`));
      assert.equal(mode & 0o777, 0o600, suffix);
    }
  });

  it('keeps what was committed', async () => {
    const folder = fresh();
    const store = await open(folder);
    const one = service({ name: 'kept' });
    const revision = await insertAll(store, ['services', one]);
    await store.close();
    const again = await open(folder);
    assert.deepEqual(await again.read.find('services', { name: 'kept' }), one);
    assert.equal((await again.load()).revision, revision);
  });

  it('can be used by two processes, each of which notices what the other commits', async () => {
    const folder = fresh();
    const [a, b] = [await open(folder), await open(folder)];
    const noticed = new Promise<void>((resolve) => b.watch(resolve));
    const one = service();
    await insertAll(a, ['services', one]);
    await noticed;
    assert.deepEqual(await b.read.get('services', one.id), one);
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        insertAll(index % 2 === 0 ? a : b, ['services', service()]),
      ),
    );
    assert.deepEqual(await counts(a), { services: 21 });
    assert.equal((await b.load()).revision, 21);
  });

  it('that another process keeps locked is said to be locked, and then goes on', async () => {
    const folder = fresh();
    const store = await open(folder);
    const other = new DatabaseSync(join(folder, DATABASE_FILE));
    other.exec('BEGIN IMMEDIATE');
    const attempt = insertAll(store, ['services', service()]);
    assert.deepEqual(await counts(store), {}, 'reading goes on');
    await assert.rejects(attempt, isUnavailable('locked', /another process/));
    other.exec('ROLLBACK');
    other.close();
    assert.equal(store.health.reachable, true);
    assert.equal(await insertAll(store, ['services', service()]), 1);
  });

  it('that is none is said to be damaged, and is left alone', async () => {
    const folder = fresh();
    await (await open(folder)).close();
    const path = join(folder, DATABASE_FILE);
    writeFileSync(path, 'something else '.repeat(1000));
    await assert.rejects(open(folder), isUnavailable('damaged', new RegExp(path)));
    assert.equal(statSync(path).size, 15_000);
  });

  it('of a newer program is refused, naming the version that is needed', async () => {
    const folder = fresh();
    await (await open(folder)).close();
    const file = new DatabaseSync(join(folder, DATABASE_FILE));
    file.exec("INSERT INTO schema_migrations VALUES (999, 'later', '9.8.7', 0)");
    file.close();
    await assert.rejects(open(folder), (error) => {
      assert.ok(error instanceof OperatorError);
      assert.match(error.message, /tables of version 999, made by Sluice 9\.8\.7/);
      assert.match(error.help ?? '', /9\.8\.7 or later/);
      return true;
    });
  });

  it('is made, and told to be, only where that is wanted', async () => {
    const folder = fresh();
    const target = { kind: 'sqlite', folder } as const;
    const told: string[] = [];
    const log = { info: (message: string) => void told.push(message) };
    const refusal = (error: unknown): boolean =>
      error instanceof OperatorError && error.message === `there is no store in ${folder}`;
    await assert.rejects(openStore(target, { prepare: false, log }), refusal);
    await assert.rejects(migrationStatus(target), refusal);
    assert.equal(existsSync(folder), false);
    stores.push(await openStore(target, { log }));
    assert.deepEqual(told, [`created a new store in ${folder}`]);
    stores.push(await openStore(target, { prepare: false, log }));
    assert.equal(told.length, 1);
  });

  it('without tables is no store yet', async () => {
    const folder = fresh();
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, DATABASE_FILE), '');
    const target = { kind: 'sqlite', folder } as const;
    await assert.rejects(openStore(target, { prepare: false }), /there is no store in/);
    await assert.rejects(migrationStatus(target), /there is no store in/);
    const [first, ...steps] = await migrate(target);
    assert.equal(first, `created a new store in ${folder}`);
    assert.equal(steps.length, (await migrationStatus(target)).newest);
    assert.deepEqual(await migrate(target), []);
    stores.push(await openStore(target, { prepare: false }));
  });

  it('of an older version is changed only where that is wanted', async () => {
    const folder = fresh();
    const target = { kind: 'sqlite', folder } as const;
    await (await openStore(target)).close();
    const { newest } = await migrationStatus(target);
    const file = new DatabaseSync(join(folder, DATABASE_FILE));
    file.exec(`DELETE FROM schema_migrations WHERE version = ${newest}`);
    file.close();
    await assert.rejects(openStore(target, { prepare: false }), (error) => {
      assert.ok(error instanceof OperatorError);
      assert.match(error.message, /is of an older Sluice: its tables are of version \d+, and this/);
      assert.match(error.help ?? '', /sluice migrate/);
      return true;
    });
    assert.equal((await migrationStatus(target)).current, newest - 1);
  });

  it('tells a full disk from a file that cannot be written', () => {
    const file = new DatabaseSync(':memory:');
    file.exec('CREATE TABLE t (x TEXT); PRAGMA max_page_count = 3');
    const full = errorOf(() => file.exec('INSERT INTO t VALUES (hex(randomblob(50000)))'));
    assert.ok(isUnavailable('full', /full/)(translated(full, 'f')));
    file.exec('PRAGMA query_only = ON');
    const readOnly = errorOf(() => file.exec('DELETE FROM t'));
    assert.ok(isUnavailable('read-only', /written/)(translated(readOnly, 'f')));
    file.close();
  });

  it('cannot be where there is a file instead of a folder', async () => {
    const path = join(root, 'file');
    writeFileSync(path, '');
    await assert.rejects(open(path), (error) => error instanceof OperatorError);
  });
});

function isUnavailable(reason: StoreUnavailable['reason'], message: RegExp) {
  return (error: unknown): boolean =>
    error instanceof StoreUnavailable && error.reason === reason && message.test(error.message);
}

function errorOf(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing went wrong');
}
