import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { TestExchange } from '../../../plugin/testing/test-exchange.ts';
import { TestGateway } from '../../../plugin/testing/test-gateway.ts';
import type { RequestInit } from '../../../plugin/testing/test-request.ts';
import { requestValidator } from '../plugin.ts';
import { PathTree } from './path-tree.ts';

const pets = `
openapi: 3.0.3
info: { title: Pets, version: '1' }
servers:
  - url: https://pets.test/{version}
    variables: { version: { default: v1 } }
paths:
  /pets:
    parameters:
      - $ref: '#/components/parameters/Trace'
    get:
      parameters:
        - { name: limit, in: query, schema: { type: integer, maximum: 100 } }
        - { name: tags, in: query, explode: false, schema: { type: array, items: { type: string, maxLength: 3 } } }
        - { name: filter, in: query, style: deepObject, schema: { type: object, properties: { age: { type: integer } } } }
        - { name: sort, in: query, content: { application/json: { schema: { type: array } } } }
        - { name: session, in: cookie, schema: { type: string, minLength: 4 } }
        - { name: Authorization, in: header, required: true, schema: { type: integer } }
    post:
      requestBody: { $ref: '#/components/requestBodies/Pet' }
  /pets/mine:
    get: {}
  /pets/{id}:
    get:
      parameters:
        - { name: id, in: path, required: true, schema: { type: integer } }
    put:
      parameters:
        - { name: id, in: path, required: true, schema: { type: integer } }
      requestBody:
        content:
          image/*: { schema: { type: string, format: binary } }
          text/plain: { schema: { type: string, maxLength: 5 } }
components:
  parameters:
    Trace: { name: X-Trace, in: header, schema: { type: string, format: uuid } }
  requestBodies:
    Pet:
      required: true
      content:
        application/json:
          schema: { $ref: '#/components/schemas/Pet' }
  schemas:
    Pet:
      type: object
      required: [id, name]
      properties:
        id: { type: integer, readOnly: true }
        name: { type: string, example: Rex, x-order: 1 }
        owner: { $ref: '#/components/schemas/Owner', nullable: true }
        size: { type: number, minimum: 0, exclusiveMinimum: true, format: metres }
        kind: { type: string, nullable: true, enum: [cat, dog] }
    Owner:
      type: object
      required: [pets]
      properties:
        pets: { type: array, items: { $ref: '#/components/schemas/Pet' } }
`;

function sender(config: object): (request?: RequestInit) => Promise<TestExchange> {
  const gateway = new TestGateway();
  const plugin = gateway.configure(requestValidator, config);
  return (request = {}) => gateway.send([plugin], request);
}

describe('request-validator with an OpenAPI document', () => {
  const send = sender({ openapi_text: pets, verbose_response: true });
  const status = async (target: string, more: RequestInit = {}): Promise<number> =>
    (await send({ target, ...more })).response.status;
  const create = async (body: unknown): Promise<number> => {
    const headers = { 'Content-Type': 'application/json' };
    return status('/v1/pets', { method: 'POST', headers, body: JSON.stringify(body) });
  };

  it('knows the paths and methods of the document', async () => {
    assert.equal(await status('/v1/pets'), 200);
    assert.equal(await status('/v1/pets', { method: 'HEAD' }), 200);
    for (const target of ['/v1/birds', '/pets', '/v1', '/v1pets', '/v1/pets/1/2', '/v1/pets/']) {
      assert.equal(await status(target), 404, target);
    }
    const { response } = await send({ target: '/v1/pets', method: 'DELETE' });
    assert.equal(response.status, 405);
    assert.equal(response.header('allow'), 'GET, POST');
  });

  it('lets pass what is not described where it is to', async () => {
    const lenient = sender({ openapi_text: pets, allow_undocumented: true });
    assert.equal((await lenient({ target: '/v1/birds' })).response.status, 200);
    assert.equal((await lenient({ target: '/v1/pets', method: 'DELETE' })).response.status, 200);
    assert.equal((await lenient({ target: '/v1/pets?limit=x' })).response.status, 400);
  });

  it('takes the base of its paths from the configuration if it is there', async () => {
    const based = sender({ openapi_text: pets, base_path: '/api' });
    assert.equal((await based({ target: '/api/pets' })).response.status, 200);
    assert.equal((await based({ target: '/v1/pets' })).response.status, 404);
  });

  it('holds parameters to their schemas', async () => {
    const right = [
      '?limit=100',
      '?tags=ab,cd',
      '?filter[age]=3',
      '?filter%5Bage%5D=3',
      '?sort=[1]',
      '?unknown=1',
    ];
    for (const query of right) assert.equal(await status(`/v1/pets${query}`), 200, query);
    const wrong = ['?limit=101', '?limit=', '?tags=abcd', '?filter[age]=x', '?sort=[', '?sort=1'];
    for (const query of wrong) assert.equal(await status(`/v1/pets${query}`), 400, query);
    const header = (name: string, value: string) =>
      status('/v1/pets', { headers: { [name]: value } });
    assert.equal(await header('x-trace', 'no-uuid'), 400);
    assert.equal(await header('x-trace', '5d6cbd0c-5b0f-4f0e-9d0a-7f0d5ae0a5f0'), 200);
    assert.equal(await header('cookie', 'session=abc'), 400);
    assert.equal(await header('cookie', 'session=abcd'), 200);
  });

  it('knows parameters in paths, and prefers paths without', async () => {
    assert.equal(await status('/v1/pets/7'), 200);
    assert.equal(await status('/v1/pets/mine'), 200);
    const { response } = await send({ target: '/v1/pets/x' });
    assert.deepEqual(response.json, {
      message: "request param doesn't conform to schema",
      errors: [{ in: 'path', name: 'id', path: '', message: 'must be integer' }],
    });
  });

  it('holds bodies to their schemas', async () => {
    assert.equal(await create({ name: 'Rex' }), 200);
    assert.equal(await create({ id: 1, name: 'Rex', size: 0.5, kind: null, owner: null }), 200);
    assert.equal(await create({ name: 'Rex', owner: { pets: [{ name: 'Ray' }] } }), 200);
    assert.equal(await create({}), 400);
    assert.equal(await create({ name: 'Rex', size: 0 }), 400);
    assert.equal(await create({ name: 'Rex', kind: 'fox' }), 400);
    assert.equal(await create({ name: null }), 400);
    assert.equal(await create({ name: 'Rex', owner: { pets: [{}] } }), 400);
    assert.equal(await status('/v1/pets', { method: 'POST' }), 400);
  });

  it('takes the media types that are described, and looks into texts', async () => {
    const put = (type: string, body: string): Promise<number> =>
      status('/v1/pets/1', { method: 'PUT', headers: { 'Content-Type': type }, body });
    assert.equal(await put('image/png', '\x89PNG'), 200);
    assert.equal(await put('text/plain', 'short'), 200);
    assert.equal(await put('text/plain', 'longer'), 400);
    assert.equal(await put('application/json', '{}'), 415);
    assert.equal(await status('/v1/pets/1', { method: 'PUT' }), 200);
  });

  it('takes a document as an object, of 3.1 as well', async () => {
    const schema = { type: ['string', 'null'], examples: ['a'], exclusiveMinimum: 1 };
    const content = { 'application/json': { schema } };
    const openapi = { openapi: '3.1.0', paths: { '/a': { post: { requestBody: { content } } } } };
    const sent = async (body: string): Promise<number> => {
      const headers = { 'Content-Type': 'application/json' };
      return (await sender({ openapi })({ target: '/a', method: 'POST', headers, body })).response
        .status;
    };
    assert.deepEqual([await sent('null'), await sent('"x"'), await sent('5')], [200, 200, 400]);
  });

  it('is refused with the place of what is wrong', () => {
    const refused = (openapi: unknown, problem: RegExp): void =>
      void assert.throws(() => sender({ openapi }), problem);
    const withSchema = (schema: object, version = '3.0.0'): object => ({
      openapi: version,
      paths: { '/a': { get: { parameters: [{ name: 'p', in: 'query', schema }] } } },
    });
    const at = 'at /paths/~1a/get/parameters/0/schema';
    refused('x', /config\.openapi: must be an object; a text goes into openapi_text/);
    refused({}, /\/openapi: must be a version of 3\.0 or 3\.1/);
    refused({ swagger: '2.0' }, /OpenAPI 2 is not supported/);
    refused(withSchema({ type: 'int' }), new RegExp(`${at}/type: must be equal`));
    refused(withSchema({ pattern: '(' }), new RegExp(`${at}/pattern: is no regular expression`));
    refused(withSchema({ $ref: 'pets.yaml#/Pet' }), new RegExp(`${at}/\\$ref: must stay within`));
    refused(
      withSchema({ $ref: '#/components/schemas/No' }),
      /can't resolve reference #\/components/,
    );
    refused(withSchema({ nullable: true }, '3.1.0'), /only OpenAPI 3\.0 has this keyword/);
    const path = (template: string, more: object = {}): object => ({
      openapi: '3.0.0',
      paths: { [template]: {}, ...more },
    });
    refused(path('a'), /at \/paths\/a: a path must begin with \//);
    refused(path('/{a}/{a}'), /a parameter is there twice/);
    refused(path('/{a}{b}'), /two parameters stand side by side/);
    refused(path('/{a}', { '/{b}': {} }), /another path means the same/);
    const around = {
      a: { $ref: '#/components/parameters/b' },
      b: { $ref: '#/components/parameters/a' },
    };
    refused(
      {
        openapi: '3.0.0',
        paths: { '/a': { parameters: [{ $ref: '#/components/parameters/a' }] } },
        components: { parameters: around },
      },
      /references lead around/,
    );
    assert.throws(
      () => sender({ openapi_text: 'a: [' }),
      /config\.openapi_text: is neither JSON nor/,
    );
  });

  it('lets nothing pass unread whatever the path', async () => {
    const segment = fc.oneof(fc.constantFrom('pets', '{id}', '..', '%2e', '%2F', ''), fc.string());
    const target = fc.array(
      segment.map((each) => encodeURI(each.toWellFormed()).replace(/[?#/]/g, '')),
    );
    await fc.assert(
      fc.asyncProperty(target, async (segments) => {
        const { response } = await send({ target: `/v1/${segments.join('/')}` });
        assert.ok([200, 400, 404, 405].includes(response.status), response.body);
      }),
      { seed: 6, numRuns: 1000 },
    );
  });
});

describe('PathTree', () => {
  const tree = new PathTree<string>();
  for (const path of [
    '/',
    '/a',
    '/a/{x}',
    '/a/{x}/c',
    '/{y}/b',
    '/f/{name}.{ending}',
    '/f/{n}-x',
    '/%C3%A9',
  ]) {
    tree.add(path, path);
  }
  const found = (path: string): unknown => {
    const match = tree.find(path);
    return match && [match.target, { ...match.parameters }];
  };

  it('finds templates with what their parameters stand for', () => {
    assert.deepEqual(found('/'), ['/', {}]);
    assert.deepEqual(found('/a/1'), ['/a/{x}', { x: '1' }]);
    assert.deepEqual(found('/a/b'), ['/a/{x}', { x: 'b' }]);
    assert.deepEqual(found('/q/b'), ['/{y}/b', { y: 'q' }]);
    assert.deepEqual(found('/f/a.b.c'), ['/f/{name}.{ending}', { name: 'a', ending: 'b.c' }]);
    assert.deepEqual(found('/f/a-x-x'), ['/f/{n}-x', { n: 'a-x' }]);
    assert.deepEqual(found('/%c3%a9'), ['/%C3%A9', {}]);
  });

  it('finds nothing for others', () => {
    for (const path of ['/b', '/a/', '/a/1/', '/f/.b', '/f/a.', '/f/-x', '/a/1/c/d', '//b']) {
      assert.equal(found(path), null, path);
    }
  });
});
