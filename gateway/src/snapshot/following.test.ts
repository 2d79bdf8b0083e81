import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tableNames, type Entity, type EntityTables } from '../entities/tables.ts';
import { validatorOf } from '../entities/validators.ts';
import { followable, followingSnapshot, type EntityChange } from './following.ts';
import { PersistentMap } from './persistent-map.ts';
import { createSnapshot } from './snapshot.ts';

function id(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

function service(n: number, name: string): Entity<'services'> {
  const result = validatorOf('services')({ id: id(n), name, host: 'h' });
  assert.ok(result.ok);
  return result.value;
}

function tablesOf(...services: Entity<'services'>[]): EntityTables {
  const empty = Object.fromEntries(tableNames.map((table) => [table, new Map()]));
  return {
    ...empty,
    services: new Map(services.map((each) => [each.id, each])),
  } as unknown as EntityTables;
}

const change = (n: number, after: Entity<'services'> | null): EntityChange => ({
  table: 'services',
  id: id(n),
  after,
});

describe('the snapshot that follows another', () => {
  const before = createSnapshot(tablesOf(service(1, 'a'), service(2, 'b')), 1);

  it('is the one that all entities together would make', () => {
    const next = followingSnapshot(
      before,
      [change(1, null), change(2, service(2, 'bb')), change(3, service(3, 'c'))],
      5,
    );
    const whole = createSnapshot(tablesOf(service(2, 'bb'), service(3, 'c')), 5);
    assert.equal(next.revision, 5);
    assert.equal(next.hash, whole.hash);
    assert.deepEqual(new Map(next.digests.services.byId), whole.digests.services.byId);
    assert.deepEqual([...next.tables.services.keys()].sort(), [id(2), id(3)]);
  });

  it('takes the last of several changes of an entity', () => {
    const next = followingSnapshot(
      before,
      [change(1, service(1, 'x')), change(1, service(1, 'a'))],
      2,
    );
    assert.equal(next.hash, before.hash);
  });

  it('has the tables of the one before in which nothing changed, and leaves that one alone', () => {
    const next = followingSnapshot(before, [change(1, null)], 2);
    assert.equal(next.tables.routes, before.tables.routes);
    assert.notEqual(next.tables.services, before.tables.services);
    assert.equal(before.tables.services.size, 2);
  });

  it('is followed at the cost of what changes once it was made ready for it', () => {
    const many = Array.from({ length: 1000 }, (_, n) => service(n, `s${n}`));
    const ready = followable(createSnapshot(tablesOf(...many), 1));
    const next = followingSnapshot(ready, [change(7, service(7, 'other'))], 2);
    for (const [old, now] of [
      [ready.tables.services, next.tables.services],
      [ready.digests.services.byId, next.digests.services.byId],
    ]) {
      assert.ok(old instanceof PersistentMap && now instanceof PersistentMap);
      const known = new Set<unknown>(old.pieces());
      assert.equal([...now.pieces()].filter((piece) => !known.has(piece)).length, 1);
    }
    assert.equal(next.hash, createSnapshot(next.tables, 2).hash);
    assert.equal(next.tables.services.size, 1000);
  });

  it('is not shaken by the removal of what is not there', () => {
    assert.equal(followingSnapshot(before, [change(9, null)], 2).hash, before.hash);
  });
});
