import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { tableNames } from '../../../entities/tables.ts';
import { FixedApi } from '../testing/fixed-api.ts';

interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'];

describe('the OpenAPI description', () => {
  let api: FixedApi;
  let document: OpenApi;

  before(async () => {
    api = await FixedApi.open();
    document = (await api.call('GET', '/openapi.json')).body as unknown as OpenApi;
  });
  after(() => api.close());

  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate({ ...structuredClone(document) });
    assert.ok(valid, JSON.stringify(errors)?.slice(0, 2000));
    assert.match(document.openapi, /^3\.1\./);
  });

  it('has every operation that there is, and no other', () => {
    const described = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item)
        .filter((name) => methods.includes(name))
        .map((method) => `${method.toUpperCase()} ${path}`),
    );
    const existing = api.parts
      .all()
      .flatMap((endpoint) => Object.keys(endpoint.methods).map((one) => `${one} ${endpoint.path}`));
    assert.deepEqual(described.sort(), existing.sort());
  });

  it('refers to nothing that it does not have', () => {
    const references = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/([^"]+)"/g);
    for (const [, place = ''] of references) {
      const [kind = '', name = ''] = place.split('/');
      assert.ok(document.components[kind]?.[name] !== undefined, place);
    }
  });

  it('describes every kind of entity, and the instances of every plugin', () => {
    const { schemas = {} } = document.components;
    for (const table of tableNames) assert.ok(table in schemas, table);
    for (const name of api.parts.live.plugins.keys()) assert.ok(`plugins.${name}` in schemas, name);
  });

  it('names each operation once', () => {
    const ids = JSON.stringify(document).match(/"operationId":"[^"]+"/g) ?? [];
    assert.equal(new Set(ids).size, ids.length);
  });
});
