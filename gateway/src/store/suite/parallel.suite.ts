import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StoreConflict, type Store } from '../contract.ts';
import type { OpenStore } from '../store.suite.ts';
import { consumer, counts, entity, insertAll, route, service } from '../testing/entities.ts';

export function parallelSuite(open: OpenStore): void {
  describe('writers in parallel', () => {
    it('make revisions without gaps, in the order of their commits', async () => {
      const store = await open();
      const revisions = await tenAtOnce(60, async (index) => {
        const revision = await insertAll(store, ['services', service({ name: `s${index}` })]);
        const known = await store.changesSince(0, 1000);
        assert.ok((known?.length ?? 0) >= revision, 'who was told has all that came before');
        return revision;
      });
      const expected = revisions.map((_, index) => index + 1);
      assert.deepEqual(
        [...revisions].sort((a, b) => a - b),
        expected,
      );
      const known = await store.changesSince(0, 1000);
      assert.deepEqual(
        known?.map(({ revision }) => revision),
        expected,
      );
    });

    it('never lose an update that was decided on what was read', async () => {
      const store = await open();
      const one = service({ port: 0 });
      await insertAll(store, ['services', one]);
      await tenAtOnce(40, () =>
        store.transaction(async (tx) => {
          const now = await tx.get('services', one.id);
          if (now !== undefined) await tx.update('services', { ...now, port: now.port + 1 });
        }),
      );
      assert.equal((await store.read.get('services', one.id))?.port, 40);
    });

    it('meet no conflict when each makes what is missing', async () => {
      const store = await open();
      await tenAtOnce(30, (index) => upsert(store, `s${index % 3}`, index));
      assert.deepEqual(await counts(store), { services: 3 });
    });

    it('meet no conflict when they change the same entities in different order', async () => {
      const store = await open();
      const all = [consumer('a'), consumer('b'), consumer('c')];
      await insertAll(store, ...all.map((one) => ['consumers', one] as const));
      await tenAtOnce(30, (index) =>
        store.transaction(async (tx) => {
          const order = index % 2 === 0 ? all : [...all].reverse();
          for (const one of order) await tx.update('consumers', { ...one, custom_id: null });
          for (const one of order) {
            await tx.update('consumers', { ...one, custom_id: `${one.username}${index}` });
          }
        }),
      );
      assert.deepEqual(await counts(store), { consumers: 3 });
    });

    it('meet exactly the conflicts that there are', async () => {
      const store = await open();
      const outcomes = await tenAtOnce(20, (index) =>
        insertAll(store, ['services', service({ name: `s${index % 10}` })]).then(
          () => 'made',
          (error: unknown) => (error instanceof StoreConflict ? error.conflict.kind : error),
        ),
      );
      assert.equal(outcomes.filter((one) => one === 'made').length, 10);
      assert.equal(outcomes.filter((one) => one === 'unique').length, 10);
    });

    it('leave nothing that belongs to what is gone', async () => {
      const store = await open();
      const owners = Array.from({ length: 10 }, (_, index) => consumer(`c${index}`));
      await insertAll(store, ...owners.map((one) => ['consumers', one] as const));
      await tenAtOnce(40, async (index) => {
        const owner = owners[index % 10];
        assert.ok(owner !== undefined);
        const attempt =
          index >= 30
            ? store.transaction((tx) => tx.delete('consumers', owner.id))
            : insertAll(store, [
                'acls',
                entity('acls', { consumer: { id: owner.id }, group: `g${index}` }),
              ]);
        await attempt.catch((error: unknown) => {
          assert.ok(error instanceof StoreConflict && error.conflict.kind === 'foreign-key');
        });
      });
      assert.deepEqual(await counts(store), {});
      const revisions = (await store.changesSince(0, 1000)) ?? [];
      const acls = new Set<string>();
      for (const { changes } of revisions) {
        for (const { table, id, after } of changes) {
          if (table === 'acls' && after !== null) acls.add(id);
          else acls.delete(id);
        }
      }
      assert.equal(acls.size, 0, 'the history tells what went along');
    });

    it('cannot take a service from under a route', async () => {
      const store = await open();
      for (let round = 0; round < 10; round += 1) {
        const one = service();
        await insertAll(store, ['services', one]);
        await Promise.allSettled([
          store.transaction((tx) => tx.delete('services', one.id)),
          insertAll(store, ['routes', route({ service: { id: one.id } })]),
        ]);
      }
      const { tables } = await store.load();
      for (const { service: used } of tables.routes.values()) {
        assert.ok(used !== null && tables.services.has(used.id));
      }
    });
  });
}

async function upsert(store: Store, name: string, port: number): Promise<void> {
  await store.transaction(async (tx) => {
    const found = await tx.find('services', { name });
    if (found === undefined) await tx.insert('services', service({ name, port }));
    else await tx.update('services', { ...found, port });
  });
}

/** Runs `work` this many times, ten at a time. */
async function tenAtOnce<T>(times: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < times) {
      const index = next;
      next += 1;
      results[index] = await work(index);
    }
  };
  await Promise.all(Array.from({ length: 10 }, worker));
  return results;
}
