import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { TestExchange } from '../../plugin/testing/test-exchange.ts';
import { TestGateway } from '../../plugin/testing/test-gateway.ts';
import type { RequestInit } from '../../plugin/testing/test-request.ts';
import { requestValidator } from './plugin.ts';
import { assertLinear } from '../../plugin/testing/growth.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };

function sender(config: object): (request?: RequestInit) => Promise<TestExchange> {
  const gateway = new TestGateway();
  const plugin = gateway.configure(requestValidator, config);
  return (request = {}) => gateway.send([plugin], request);
}

const post = (
  body: string | Uint8Array,
  headers: Record<string, string> = JSON_TYPE,
): RequestInit => ({
  method: 'POST',
  headers,
  body,
});

/** Statuses of bodies that are sent as JSON. */
async function statuses(config: object, bodies: readonly string[]): Promise<number[]> {
  const send = sender(config);
  const answers = await Promise.all(bodies.map((body) => send(post(body))));
  return answers.map(({ response }) => response.status);
}

const withBody = (schema: unknown, more: object = {}): object => ({
  body_schema: JSON.stringify(schema),
  ...more,
});

const person = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string', minLength: 2 }, age: { type: 'integer' } },
  additionalProperties: false,
};

describe('request-validator with a schema for bodies', () => {
  it('lets bodies pass that fit, as they were sent', async () => {
    const { upstreamRequest } = await sender(withBody(person))(post('{ "name": "Ada" }'));
    assert.equal(upstreamRequest?.body, '{ "name": "Ada" }');
  });

  it("refuses others in Kong's words, and says nothing of the schema", async () => {
    const { response, upstreamRequest } = await sender(withBody(person))(post('{"name":"A"}'));
    assert.equal(response.status, 400);
    assert.deepEqual(response.json, { message: "request body doesn't conform to schema" });
    assert.equal(upstreamRequest, null);
  });

  it('says where and what is wrong if it is to', async () => {
    const send = sender(withBody({ type: 'array', items: person }, { verbose_response: true }));
    const { response } = await send(post('[{"name":"Ada"},{"name":"Bob","age":"x"}]'));
    assert.deepEqual(response.json, {
      message: "request body doesn't conform to schema",
      errors: [{ in: 'body', path: '/1/age', message: 'must be integer' }],
    });
  });

  it('says all that is wrong if it is to, up to ten things, and of long bodies the first', async () => {
    const send = sender(withBody({ type: 'array', items: person }, { verbose_response: true }));
    const told = async (body: unknown): Promise<unknown[]> => {
      const { response } = await send(post(JSON.stringify(body)));
      return (response.json as { errors: unknown[] }).errors;
    };
    assert.deepEqual(await told([{ name: 'A', age: 1.5 }, { sku: 1 }]), [
      { in: 'body', path: '/0/name', message: 'must NOT have fewer than 2 characters' },
      { in: 'body', path: '/0/age', message: 'must be integer' },
      { in: 'body', path: '/1', message: "must have required property 'name'" },
      { in: 'body', path: '/1', message: 'must NOT have additional properties: "sku"' },
    ]);
    assert.equal((await told(Array.from({ length: 100 }, () => ({})))).length, 10);
    assert.equal((await told(Array.from({ length: 1400 }, () => ({})))).length, 1);
  });

  it('refuses what is no JSON, or none that is read in one way only', async () => {
    const bodies = [
      '',
      '{',
      '{"name":"Ada"}}',
      '{"name":"Ada","name":"Bob"}',
      '{"name":"Ada","n\\u0061me":"Bob"}',
      '\ufeff{"name":"Ada"}',
      "{'name':'Ada'}",
    ];
    assert.deepEqual(
      await statuses(withBody(person), bodies),
      bodies.map(() => 400),
    );
    const invalid = Buffer.from([0x22, 0xff, 0x22]);
    const { response } = await sender(withBody({ type: 'string' }))(post(invalid));
    assert.equal(response.status, 400);
  });

  it('bounds how deep a body is nested', async () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    const config = withBody({ type: 'array' }, { max_depth: 10 });
    assert.deepEqual(
      await statuses(config, [nested(10), nested(11), nested(400_000)]),
      [200, 400, 400],
    );
  });

  it('answers a body that is too long with 413, and a compressed one with 415', async () => {
    const send = sender(withBody(person, { max_body_size: 20 }));
    const long = await send(post('{"name":"Ada Lovelace"}'));
    assert.equal(long.response.status, 413);
    const compressed = await send(post('{}', { ...JSON_TYPE, 'Content-Encoding': 'gzip' }));
    assert.equal(compressed.response.status, 415);
    assert.equal(compressed.request.bodyReads, 0);
  });

  it('takes the media types that it is to take', async () => {
    const cases: [type: string | null, status: number, config?: object][] = [
      ['application/json', 200],
      ['Application/JSON', 200],
      ['application/json; charset=utf-8', 200],
      ['application/json; charset=latin1', 400],
      ['application/json; charset=latin1', 200, { content_type_parameter_validation: false }],
      ['application/json; v=2', 200, { allowed_content_types: ['application/json; v=2'] }],
      ['text/plain', 400],
      ['nonsense', 400],
      [null, 400],
      ['application/vnd.x+json', 200, { allowed_content_types: ['application/*'] }],
      ['image/png', 200, { allowed_content_types: ['image/png'] }],
    ];
    for (const [type, status, config = {}] of cases) {
      const headers: Record<string, string> = type === null ? {} : { 'Content-Type': type };
      const { response } = await sender(withBody(person, config))(post('{"name":"Ada"}', headers));
      assert.equal(response.status, status, `${type}`);
      if (status === 200) continue;
      assert.deepEqual(response.json, { message: 'specified Content-Type is not allowed' });
    }
  });

  it('reads forms as objects, with numbers where the schema has them', async () => {
    const form = 'application/x-www-form-urlencoded';
    const config = withBody(
      { ...person, properties: { ...person.properties, tags: { type: 'array' } } },
      { allowed_content_types: [form, 'multipart/form-data'] },
    );
    const send = sender(config);
    const status = async (body: string, type = form): Promise<number> =>
      (await send(post(body, { 'Content-Type': type }))).response.status;
    assert.equal(await status('name=Ada&age=36'), 200);
    assert.equal(await status('name=Ada&age=x'), 400);
    assert.equal(await status('name=Ada&tags=a&tags=b'), 200);
    assert.equal(await status('name=Ada&name=Bob'), 400);
    assert.equal(await status('name=Ada&other=1'), 400);
    const part = (name: string, value: string): string =>
      `--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const multipart = 'multipart/form-data; boundary=B';
    assert.equal(
      await status(`${part('name', 'Ada')}${part('age', '36')}--B--\r\n`, multipart),
      200,
    );
    assert.equal(
      await status(`${part('name', 'Ada')}${part('age', 'x')}--B--\r\n`, multipart),
      400,
    );
    assert.equal(await status('name=Ada', 'multipart/form-data'), 400);
  });

  it('knows the words of each version', async () => {
    const cases: [version: string, schema: object, bodies: [string, string]][] = [
      ['draft4', { minimum: 3, exclusiveMinimum: true }, ['4', '3']],
      ['draft4', { id: 'http://x.test/', $schema: 'http://x.test/', type: 'null' }, ['null', '1']],
      ['draft7', { exclusiveMinimum: 3 }, ['4', '3']],
      ['draft7', { if: { type: 'string' }, then: { maxLength: 1 } }, ['"a"', '"ab"']],
      ['draft201909', { dependentRequired: { a: ['b'] } }, ['{"a":1,"b":1}', '{"a":1}']],
      ['draft202012', { prefixItems: [{ type: 'null' }], items: false }, ['[null]', '[null,1]']],
    ];
    for (const [version, schema, bodies] of cases) {
      assert.deepEqual(await statuses(withBody(schema, { version }), bodies), [200, 400], version);
    }
  });

  it('follows references within the schema', async () => {
    const tree = {
      definitions: {
        node: { type: 'object', properties: { next: { $ref: '#/definitions/node' } } },
      },
      $ref: '#/definitions/node',
    };
    assert.deepEqual(
      await statuses(withBody(tree), ['{"next":{"next":{}}}', '{"next":{"next":1}}']),
      [200, 400],
    );
  });

  it('takes members of a value for its own only, whatever they are called', async () => {
    const schema = { required: ['constructor'], properties: { name: {} } };
    assert.deepEqual(await statuses(withBody(schema), ['{}', '{"constructor":1}']), [400, 200]);
    const bodies = ['{"__proto__":{"admin":true}}', '{"toString":1}', '{}'];
    assert.deepEqual(
      await statuses(withBody({ additionalProperties: false }), bodies),
      [400, 400, 200],
    );
    const described = { body_schema: '{"properties":{"__proto__":{"type":"integer"}}}' };
    assert.throws(() => sender(described), /at \/properties: cannot describe __proto__/);
    assert.equal(({} as { admin?: boolean }).admin, undefined);
  });
});

describe('request-validator with schemas for parameters', () => {
  const send = sender({
    parameter_schema: [
      { in: 'query', name: 'page', schema: '{"type":"integer","minimum":1}' },
      {
        in: 'query',
        name: 'ids',
        explode: false,
        schema: '{"type":"array","items":{"type":"integer"}}',
      },
      { in: 'header', name: 'X-Tenant', required: true, schema: '{"enum":["a","b"]}' },
      { in: 'path', name: 'id', schema: '{"type":"integer"}' },
    ],
  });
  const status = async (
    target: string,
    headers: Record<string, string>,
    id = '7',
  ): Promise<number> => (await send({ target, headers, uriCaptures: { id } })).response.status;

  it('lets requests pass whose parameters fit', async () => {
    assert.equal(await status('/?page=2&ids=1,2&other=x', { 'x-tenant': 'a' }), 200);
  });

  it("refuses others in Kong's words", async () => {
    for (const [target, headers, id] of [
      ['/', {}],
      ['/', { 'x-tenant': 'c' }],
      ['/?page=0', { 'x-tenant': 'a' }],
      ['/?page=x', { 'x-tenant': 'a' }],
      ['/?page=%ff', { 'x-tenant': 'a' }],
      ['/?page=1&page=2', { 'x-tenant': 'a' }],
      ['/?ids=1,x', { 'x-tenant': 'a' }],
      ['/', { 'x-tenant': 'a' }, 'x'],
    ] as const) {
      const { response } = await send({ target, headers, uriCaptures: { id: id ?? '7' } });
      assert.equal(response.status, 400, target);
      assert.deepEqual(response.json, { message: "request param doesn't conform to schema" });
    }
  });
});

describe('what request-validator is configured with', () => {
  const refused = (config: object, problem: RegExp): void =>
    void assert.throws(() => sender(config), problem);

  it('is refused with the place of what is wrong', () => {
    refused({}, /at least one of/);
    refused({ body_schema: '{' }, /config\.body_schema: is no JSON/);
    refused(withBody([{ name: { type: 'string' } }]), /Kong's own schema language/);
    refused(withBody({}, { version: 'kong' }), /Kong's own schema language/);
    refused(
      withBody({ properties: { a: { typ: 'x' } } }),
      /at \/properties\/a\/typ: there is no such keyword/,
    );
    refused(
      withBody({ properties: { a: { type: 'int' } } }),
      /at \/properties\/a\/type: must be equal to one/,
    );
    refused(
      withBody({ items: { format: 'phone' } }),
      /at \/items\/format: there is no such format/,
    );
    refused(withBody({ pattern: '(a' }), /at \/pattern: is no regular expression/);
    refused(withBody({ pattern: '(?=a)' }), /at \/pattern: cannot be matched in bounded time/);
    refused(
      withBody({ patternProperties: { '(': {} } }),
      /at \/patternProperties\/\(: is no regular/,
    );
    refused(
      withBody({ $ref: '#/definitions/none' }),
      /can't resolve reference #\/definitions\/none/,
    );
    refused(withBody({ not: 5 }), /at \/not: a schema must be an object/);
    refused(
      { parameter_schema: [{ in: 'query', name: 'a', schema: '5' }] },
      /config\.parameter_schema: a schema must be an object/,
    );
  });

  it('never makes the gateway fetch anything', () => {
    for (const $ref of [
      'http://127.0.0.1:1/x.json',
      'file:///etc/passwd',
      'other.json#/a',
      '//h/x',
    ]) {
      refused(withBody({ $ref }), /at \/\$ref: must stay within the schema/);
    }
    refused(withBody({ items: { $id: 'http://x.test/', type: 'null' } }), /an id of its own/);
  });

  it('cannot leave the code that it becomes', async () => {
    const hostile = [
      `"`,
      `'`,
      '`',
      '\\',
      '${1}',
      '*/',
      '//',
      '\n',
      '\u2028',
      '"]);globalThis.escaped=1;//',
    ];
    for (const text of hostile) {
      const schema = {
        $id: text,
        title: text,
        type: 'object',
        required: [text],
        properties: {
          [text]: { enum: [text], minLength: 1 },
          [`${text}2`]: { const: { [text]: text } },
        },
        patternProperties: { [text.replace(/[\\${}*()[\]]/g, '.')]: true },
        dependentRequired: { [text]: [text] },
      };
      const [right, wrong] = await statuses(withBody(schema, { version: 'draft202012' }), [
        JSON.stringify({ [text]: text }),
        JSON.stringify({ [text]: `${text}x` }),
      ]);
      assert.deepEqual([right, wrong], [200, 400], text);
    }
    assert.equal((globalThis as { escaped?: number }).escaped, undefined);
  });
});

describe('the cost of validating', () => {
  /** @param bodyOf makes a body of a size; every one gets the same status */
  const isLinear = (
    config: object,
    size: number,
    bodyOf: (size: number) => string,
    status: number,
  ): Promise<void> => {
    const send = sender(config);
    return assertLinear(size, async (count) => {
      const { response } = await send(post(bodyOf(count)));
      assert.equal(response.status, status);
    });
  };

  it('grows with the length of a text, for expressions that others would take years for', () =>
    isLinear(
      withBody({ pattern: '^(a+)+$' }),
      5000,
      (size) => JSON.stringify(`${'a'.repeat(size)}!`),
      400,
    ));

  it('grows with the length of lists whose items have to differ', async () => {
    const items = (length: number): object[] => Array.from({ length }, (_, n) => ({ n }));
    const config = withBody({ uniqueItems: true });
    await isLinear(config, 5000, (size) => JSON.stringify(items(size)), 200);
    await isLinear(config, 5000, (size) => JSON.stringify([...items(size), { n: 5 }]), 400);
  });

  it('grows with the depth of alternatives that refer to themselves', () => {
    const node = (name: string): object => ({
      type: 'object',
      properties: { child: { $ref: '#' } },
      required: [name],
    });
    const body = (depth: number): string => `${'{"child":'.repeat(depth)}{}${'}'.repeat(depth)}`;
    return isLinear(withBody({ anyOf: [node('a'), node('b')] }), 6, body, 400);
  });

  it('grows with the length of texts of every format', async () => {
    for (const format of [
      'email',
      'uri',
      'uri-reference',
      'uri-template',
      'hostname',
      'date-time',
      'duration',
      'ipv6',
      'uuid',
      'json-pointer',
    ]) {
      for (const piece of ['a', '1', '.', '-', ':', '/', '%41', 'a.', '1:', '~0', 'P1Y']) {
        const body = (size: number): string => JSON.stringify(piece.repeat(size));
        await isLinear(withBody({ format, maxLength: 10 }), 5000, body, 400);
      }
    }
  });
});

describe('what clients send', () => {
  it('is refused with 400 or passes, whatever it is', async () => {
    const send = sender({
      body_schema: JSON.stringify({
        type: 'object',
        properties: {
          a: { type: 'array', uniqueItems: true },
          b: { format: 'email' },
          c: { $ref: '#' },
        },
      }),
      allowed_content_types: [
        'application/json',
        'application/x-www-form-urlencoded',
        'multipart/form-data',
        'text/plain',
      ],
      parameter_schema: (['query', 'header', 'path'] as const).flatMap((place) =>
        ['form', 'simple', 'label', 'matrix', 'deepObject', 'pipeDelimited', 'spaceDelimited'].map(
          (style, i) => ({
            in: place,
            name: 'p',
            style,
            explode: i % 2 === 0,
            schema: JSON.stringify({
              anyOf: [{ type: ['array', 'object', 'number', 'string', 'null', 'boolean'] }],
            }),
          }),
        ),
      ),
    });
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('p=1', 'p[a]=1', ';p=1', '.1', '%', '%ff', 'p=a|b'),
    );
    const inHead = text.map((each) =>
      Buffer.from(each)
        .toString('latin1')
        .replace(/[\r\n\0]/g, ''),
    );
    const type = fc.constantFrom(
      'application/json',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=B',
      'text/plain',
      'x',
      '',
    );
    const body = fc.oneof(
      text,
      fc.json(),
      text.map((each) => `--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n${each}\r\n--B--`),
    );
    await fc.assert(
      fc.asyncProperty(inHead, inHead, type, body, async (query, header, contentType, sent) => {
        const target = `/?${query}`;
        const headers = { 'Content-Type': contentType, p: header };
        const ex = await send({
          method: 'POST',
          target,
          headers,
          body: sent,
          uriCaptures: { p: header },
        });
        assert.ok([200, 400].includes(ex.response.status), ex.response.body);
      }),
      { seed: 6, numRuns: 2000 },
    );
  });
});
