import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EntityTables, TableName } from '../entities/tables.ts';
import { derivedId } from './ids.ts';
import { entitiesOf } from './testing/parsed.ts';

/** Names and ids of a table. */
function idsIn(entities: EntityTables, table: TableName): Record<string, string> {
  const { size } = entities[table];
  const named = [...entities[table].values()].map((entity) => {
    const { username, group, target, name } = entity as Readonly<Record<string, unknown>>;
    return [String(username ?? group ?? target ?? name), entity.id];
  });
  assert.equal(new Set(named.map(([name]) => name)).size, size);
  return Object.fromEntries(named) as Record<string, string>;
}

describe('ids of entities in declarative files', () => {
  // Recorded from Kong 3.9.3.
  const entities = entitiesOf(`
_format_version: "3.0"
services:
- name: s1
  url: http://s1.test:81/p
  routes: [{name: r1, paths: [/r1], plugins: [{name: correlation-id}]}]
  plugins: [{name: rate-limiting, config: {minute: 5}}]
routes: [{name: r2, paths: [/r2], service: s1}]
consumers: [{username: alice, acls: [{group: g1}, {group: g2}]}]
upstreams: [{name: up1, targets: [{target: "10.0.0.1:80"}, {target: "10.0.0.2:80"}]}]
plugins: [{name: key-auth, service: s1}, {name: request-termination, consumer: alice}]
`);

  it('are those that Kong derives from names', () => {
    assert.deepEqual(idsIn(entities, 'services'), {
      s1: '356ebaf8-b7af-5cba-99a1-f392e34730ab',
    });
    assert.deepEqual(idsIn(entities, 'routes'), {
      r1: '4726a05a-d550-537e-9fc3-a07c7a1188c7',
      r2: '6a38f15e-bfa5-5fd5-9da5-0f8cf7e34b7d',
    });
    assert.deepEqual(idsIn(entities, 'consumers'), {
      alice: 'b32379d9-3d28-5683-a79c-72139be6e34f',
    });
    assert.deepEqual(idsIn(entities, 'upstreams'), {
      up1: '85b92587-e1f9-522f-9495-6e2d3b1f379e',
    });
    assert.equal(derivedId('snis', 'a.test'), 'c41b5e20-df4c-5798-ad9b-dda5804b8669');
    const basic = derivedId('basicauth_credentials', 'basicauth_credentials:*:u');
    assert.equal(basic, 'b8b13216-f8d0-5482-8264-f38e673a5811');
  });

  it('are those that Kong derives from fields that are unique together', () => {
    assert.deepEqual(idsIn(entities, 'acls'), {
      g1: 'a454b5ef-5d0a-519e-b71e-19091ff72843',
      g2: '5ad5efaa-c896-53d6-87b5-54a15038a29a',
    });
    assert.deepEqual(idsIn(entities, 'targets'), {
      '10.0.0.1:80': '5b87a0b8-0097-5332-95ad-aff4b440f7bf',
      '10.0.0.2:80': '4164fd55-3969-542c-8dfa-0ef86a4b86b9',
    });
    const plugins = idsIn(entities, 'plugins');
    assert.equal(plugins['rate-limiting'], '2b323068-c644-5180-9788-083d15b63fae');
    assert.equal(plugins['key-auth'], '59077a3d-f9e2-53b0-b7e4-2d77fe80636a');
    assert.equal(plugins['request-termination'], '70cbaa9f-5b42-5e0f-ad62-f4eaafee0aa6');
  });

  it('stay the same over reloads for entities without a name', () => {
    const text = `
_format_version: "3.0"
services: [{host: h, routes: [{paths: [/a]}, {paths: [/a]}, {paths: [/b]}]}]
consumers: [{username: a, keyauth_credentials: [{key: k}]}]
`;
    const ids = (): unknown[] =>
      (['services', 'routes', 'keyauth_credentials'] as const).map((table) => [
        ...entitiesOf(text)[table].keys(),
      ]);
    assert.deepEqual(ids(), ids());
    assert.equal(entitiesOf(text).routes.size, 3);
  });

  it('do not change when something else does', () => {
    const idOf = (text: string): string | undefined =>
      [...entitiesOf(text).routes.values()].find(({ paths }) => paths?.[0] === '/b')?.id;
    const before = idOf('_format_version: "3.0"\nroutes: [{paths: [/a]}, {paths: [/b]}]\n');
    assert.equal(
      idOf(
        '_format_version: "3.0"\nroutes: [{paths: [/c]}, {}, {paths: [/b]}]\n'.replace('{}, ', ''),
      ),
      before,
    );
  });
});
