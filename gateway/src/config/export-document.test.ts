import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { knownPlugins } from '../plugins/known.ts';
import { chooseRouterFlavor } from '../entities/router-flavor.ts';
import type { EntityTables } from '../entities/tables.ts';
import { readDeclaration } from './declaration.ts';
import { entitiesIn, exportDocument } from './export-document.ts';
import { yamlElement } from './text/yaml-text.ts';
import { parse } from 'yaml';

async function written(tables: EntityTables): Promise<string> {
  let text = '';
  for await (const piece of exportDocument(entitiesIn(tables))) text += piece;
  return text;
}

function tablesOf(text: string): EntityTables {
  const result = readDeclaration(text, { plugins: knownPlugins });
  assert.ok(result.ok, JSON.stringify(result));
  return result.tables;
}

describe('an exported document', () => {
  it('says only what it must when there is nothing', async () => {
    const text = await written(tablesOf('_format_version: "3.0"'));
    assert.equal(text, '_format_version: "3.0"\n_transform: false\n');
  });

  it('reads back as the same entities', async () => {
    const tables = tablesOf(
      JSON.stringify({
        _format_version: '3.0',
        services: [{ name: 'on', host: 'a.test', tags: ['yes', '1', 'a: b', 'ü\u0085'] }],
        routes: [{ name: 'r', service: 'on', headers: { 'x-a': ['1', '#'] }, snis: null }],
        upstreams: [
          { name: 'u', hash_on: 'header', hash_on_header: 'x', targets: [{ target: 'a:1' }] },
        ],
        plugins: [
          { name: 'http-log', config: { http_endpoint: 'http://l.test', headers: { a: 'b' } } },
        ],
        consumers: [{ username: 'c', keyauth_credentials: [{ key: 'k' }], acls: [{ group: 'g' }] }],
        certificates: [],
      }),
    );
    const text = await written(tables);
    const again = tablesOf(text);
    for (const table of Object.keys(tables) as (keyof EntityTables)[]) {
      const withoutTimes = ([id, entity]: [string, object]) => [id, { ...entity, updated_at: 0 }];
      assert.deepEqual(
        [...again[table]].map(withoutTimes),
        [...tables[table]].map(withoutTimes),
        table,
      );
    }
  });
});

describe('an exported route', () => {
  const routes = (text: string): unknown => (parse(text) as { routes: unknown[] }).routes;
  const expressed = {
    _format_version: '3.0',
    routes: [{ name: 'r', expression: 'http.path == "/"' }],
  };
  afterEach(() => chooseRouterFlavor('traditional_compatible'));

  it('says nothing of expressions when it has none', async () => {
    const plain = { _format_version: '3.0', routes: [{ name: 'r', paths: ['/'] }] };
    const text = await written(tablesOf(JSON.stringify(plain)));
    assert.doesNotMatch(text, /expression|priority: null/);
  });

  it('keeps its expression where the node has no use for it', async () => {
    chooseRouterFlavor('expressions');
    const tables = tablesOf(JSON.stringify(expressed));
    chooseRouterFlavor('traditional_compatible');
    const [route] = routes(await written(tables)) as [Record<string, unknown>];
    assert.deepEqual([route['expression'], route['priority']], ['http.path == "/"', 0]);
  });
});

describe('YAML text', () => {
  it('keeps what YAML would read as something else', () => {
    const record = {
      text: 'true',
      number: '012',
      date: '2001-01-01',
      null: null,
      empty: '',
      lines: 'a\n  b\n',
      odd: '\u2028\u0085 \ufeff',
      deep: { list: [{ a: [] }, {}], map: {} },
      'a b': 1.5,
    };
    assert.deepEqual(parse(yamlElement(record)), [record]);
  });
});
