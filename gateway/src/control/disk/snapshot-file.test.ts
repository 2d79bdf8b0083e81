import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { definitionOf } from '../../entities/tables.ts';
import { createSnapshot, type Snapshot } from '../../snapshot/snapshot.ts';
import { entity, tablesWith } from '../testing/entities.ts';
import { Notes } from '../testing/notes.ts';
import { SnapshotFile } from './snapshot-file.ts';

type Values = Readonly<Record<string, unknown>>;

const origin = 'postgres://db/sluice';
const identity = '2026-01-02T03:04:05.678Z';

describe('the copy of a configuration on disk', () => {
  let folder: string;
  let path: string;
  let log: Notes;
  let file: SnapshotFile;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-copy-'));
    path = join(folder, 'snapshot.gz');
    log = new Notes();
    file = new SnapshotFile({ path, origin, log, delay: 3_600_000 });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function snapshot(revision: number, services: number): Snapshot {
    const all = Array.from({ length: services }, (_, n) =>
      entity('services', { name: `s${n}`, host: 'h', tags: ['häuser'] }),
    );
    return createSnapshot(tablesWith({ services: all }), revision);
  }

  /** Changes the text in the file. */
  function edit(change: (text: string) => string): void {
    writeFileSync(path, gzipSync(change(gunzipSync(readFileSync(path)).toString())));
  }

  it('is read as it was saved', async () => {
    const saved = snapshot(7, 1234);
    file.save(saved, identity);
    await file.close();
    const read = await file.read();
    assert.ok(typeof read !== 'string');
    assert.equal(read.revision, 7);
    assert.deepEqual(read.tables, saved.tables);
    assert.equal(createSnapshot(read.tables, 7).hash, saved.hash);
    assert.equal(read.identity, identity);
  });

  it('is the last of those to be saved, and nobody else may read it', async () => {
    file.save(snapshot(1, 1), identity);
    file.save(snapshot(2, 1), identity);
    await file.close();
    const read = await file.read();
    assert.equal(typeof read === 'string' ? read : read.revision, 2);
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  it('takes the place of the one before', async () => {
    for (const revision of [1, 2]) {
      const next = new SnapshotFile({ path, origin, log });
      next.save(snapshot(revision, 3), identity);
      await next.close();
    }
    const read = await file.read();
    assert.equal(typeof read === 'string' ? read : read.revision, 2);
    assert.deepEqual(log.lines, []);
  });

  it('is missed by name', async () => {
    assert.equal(await file.read(), `there is no copy of its configuration at ${path}`);
  });

  const damages: readonly (readonly [string, (text: string) => string, RegExp])[] = [
    ['cut short', (text) => text.slice(0, -30), /is damaged$/],
    ['changed', (text) => text.replace('"name":"s1"', '"name":"s9"'), /is damaged$/],
    ['without a line', (text) => text.replace(/\n\["services".*?\n/, '\n'), /is damaged$/],
    ['empty', () => '', /is damaged$/],
    ['of no known form', () => 'hello\n', /is damaged$/],
  ];
  for (const [what, change, problem] of damages) {
    it(`is not used when it is ${what}`, async () => {
      file.save(snapshot(1, 5), identity);
      await file.close();
      edit(change);
      assert.match((await file.read()) as string, problem);
    });
  }

  describe('that an older program has written', () => {
    async function readWithout(field: string): Promise<Awaited<ReturnType<SnapshotFile['read']>>> {
      file.save(snapshot(1, 1), identity);
      await file.close();
      edit((text) => {
        const [header = '', line = ''] = text.split('\n');
        const [table, saved] = JSON.parse(line) as [string, Values];
        const older = { ...saved, once: 1, [field]: undefined };
        const body = `${header}\n${JSON.stringify([table, older])}\n`;
        return `${body}${JSON.stringify({ sha256: hash('sha256', body) })}\n`;
      });
      return file.read();
    }

    it('has the defaults of fields that it did not know, and loses what is no more', async () => {
      const read = await readWithout('retries');
      assert.ok(typeof read !== 'string');
      const [service] = read.tables.services.values();
      assert.equal(service?.retries, 5);
      assert.deepEqual(Object.keys(service), Object.keys(definitionOf('services').fields));
    });

    it('is not used when a field is missing that has no default', async () => {
      assert.match((await readWithout('host')) as string, /was written by another version/);
    });
  });

  it('is not used when it is not compressed as it should be', async () => {
    writeFileSync(path, 'hello');
    assert.match((await file.read()) as string, /is damaged$/);
  });

  it('is not used for another database', async () => {
    file.save(snapshot(1, 1), identity);
    await file.close();
    const other = new SnapshotFile({ path, origin: 'postgres://db/other', log });
    assert.match(
      (await other.read()) as string,
      /is of another database \(postgres:\/\/db\/sluice\)$/,
    );
  });

  it('says of which store it is, without being read as a whole', async () => {
    assert.equal(await file.mark(), null);
    file.save(snapshot(7, 1234), identity);
    await file.close();
    assert.deepEqual(await file.mark(), { isOurs: true, identity, revision: 7 });
    const other = new SnapshotFile({ path, origin: 'postgres://db/other', log });
    assert.equal((await other.mark())?.isOurs, false);
    writeFileSync(path, 'hello');
    assert.equal(await file.mark(), null);
  });

  it('is kept under a name of its own when it is set aside, with what waits to be written', async () => {
    assert.equal(await file.setAside(), null);
    file.save(snapshot(7, 3), identity);
    const aside = await file.setAside();
    assert.match(aside ?? '', /\/snapshot-7-\d{4}-[-\dT]+Z\.gz$/);
    file.save(snapshot(2, 1), identity);
    await file.close();
    const kept = await new SnapshotFile({ path: aside ?? '', origin, log }).read();
    assert.equal(typeof kept === 'string' ? kept : kept.revision, 7);
    assert.equal((await file.mark())?.revision, 2);
    assert.equal(statSync(aside ?? '').mode & 0o777, 0o600);
  });

  it('stays as it is when the next one cannot be written', async () => {
    file.save(snapshot(1, 1), identity);
    await file.close();
    const missing = new SnapshotFile({ path: join(folder, 'no', 'such'), origin, log });
    missing.save(snapshot(2, 1), identity);
    await missing.close();
    assert.match(log.lines.join(), /could not be written/);
  });
});
