import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Entity, EntityTables } from '../../entities/tables.ts';
import { changedTables } from './changed-tables.ts';

const service = { id: 's', name: 'service' } as unknown as Entity<'services'>;
const route = { id: 'r', service: { id: 's' } } as unknown as Entity<'routes'>;
const current = { services: new Map([['s', service]]) } as unknown as EntityTables;

describe('what is looked at of a change', () => {
  it('is what it leaves behind, and the service that a route leads to', () => {
    const tables = changedTables(
      [
        { table: 'routes', id: 'r', before: null, after: route },
        { table: 'consumers', id: 'c', before: { id: 'c' } as Entity, after: null },
      ],
      current,
    );
    assert.deepEqual([...tables.routes.values()], [route]);
    assert.deepEqual([...tables.services.values()], [service]);
    assert.equal(tables.consumers.size, 0);
  });

  it('is, for a service that trusts authorities, which of them there are', () => {
    const trusting = {
      id: 't',
      ca_certificates: ['known', 'none'],
    } as unknown as Entity<'services'>;
    const known = { id: 'known' } as unknown as Entity<'ca_certificates'>;
    const tables = changedTables([{ table: 'services', id: 't', before: null, after: trusting }], {
      ...current,
      ca_certificates: new Map([['known', known]]),
    });
    assert.deepEqual([...tables.ca_certificates.values()], [known]);
  });

  it('is a service as it becomes, not as it was', () => {
    const changed = { ...service, name: 'other' };
    const tables = changedTables(
      [
        { table: 'services', id: 's', before: service, after: changed },
        { table: 'routes', id: 'r', before: null, after: route },
      ],
      current,
    );
    assert.equal(tables.services.get('s'), changed);
  });
});
