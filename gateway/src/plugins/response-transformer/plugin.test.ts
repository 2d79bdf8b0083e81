import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isJson } from '../../../../test/support/is-json.ts';
import { TestGateway } from '../../plugin/testing/test-gateway.ts';
import type { UpstreamResponse } from '../../plugin/testing/test-gateway.ts';
import { responseTransformer } from './plugin.ts';

async function send(config: object, response: UpstreamResponse) {
  const gateway = new TestGateway();
  const plugin = gateway.configure(responseTransformer, config);
  const ex = await gateway.send([plugin], {}, () => response);
  return { ex, gateway, headers: ex.response.headers(), body: ex.response.body };
}

const JSON_TYPE = ['Content-Type', 'application/json'] as const;

describe('response-transformer on headers', () => {
  const from = (headers: readonly (readonly [string, string])[]): UpstreamResponse => ({ headers });

  it('removes every line of a field, whatever its case', async () => {
    const { headers } = await send(
      { remove: { headers: ['x-a', 'X-B:with a value'] } },
      from([
        ['X-A', '1'],
        ['X-a', '2'],
        ['X-B', '3'],
        ['X-C', '4'],
      ]),
    );
    assert.deepEqual(headers, [['X-C', '4']]);
  });

  it('renames a field with all its lines', async () => {
    const { headers } = await send(
      { rename: { headers: ['X-A:X-Z', 'X-None:X-Y'] } },
      from([
        ['X-A', '1'],
        ['X-A', '2'],
      ]),
    );
    assert.deepEqual(headers, [
      ['X-Z', '1'],
      ['X-Z', '2'],
    ]);
  });

  it('changes only the case of a name that is renamed to itself', async () => {
    const { headers } = await send({ rename: { headers: ['X-A:x-a'] } }, from([['X-A', '1']]));
    assert.deepEqual(headers, [['x-a', '1']]);
  });

  it('replaces what is there and adds what is not', async () => {
    const { headers } = await send(
      { replace: { headers: ['X-A:new', 'X-B:new'] }, add: { headers: ['X-A:added', 'X-C:a:b'] } },
      from([['X-A', 'old']]),
    );
    assert.deepEqual(headers, [
      ['X-A', 'new'],
      ['X-C', 'a:b'],
    ]);
  });

  it('adds the first of two values for one name', async () => {
    const { headers } = await send({ add: { headers: ['X-A:1', 'x-a:2'] } }, from([]));
    assert.deepEqual(headers, [['X-A', '1']]);
  });

  it('appends lines to what is there', async () => {
    const { headers } = await send(
      { append: { headers: ['Set-Cookie:b=2', 'Set-Cookie:c=3'] } },
      from([['Set-Cookie', 'a=1']]),
    );
    assert.deepEqual(headers, [
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
      ['Set-Cookie', 'c=3'],
    ]);
  });

  it('sets the type that there is one of, whatever asks for it', async () => {
    for (const action of ['replace', 'append'] as const) {
      const { headers } = await send(
        { [action]: { headers: ['Content-Type:text/x'] } },
        from([['Content-Type', 'text/plain']]),
      );
      assert.deepEqual(headers, [['Content-Type', 'text/x']], action);
    }
  });

  it('removes before it renames, replaces, adds and appends', async () => {
    const { headers } = await send(
      {
        remove: { headers: ['X-R'] },
        rename: { headers: ['X-N:X-M'] },
        replace: { headers: ['X-M:m2'] },
        add: { headers: ['X-R:readded', 'X-M:no'] },
        append: { headers: ['X-R:more'] },
      },
      from([
        ['X-R', '1'],
        ['X-N', '2'],
      ]),
    );
    assert.deepEqual(headers, [
      ['X-M', 'm2'],
      ['X-R', 'readded'],
      ['X-R', 'more'],
    ]);
  });

  it('has no value that could end its line', async () => {
    const { headers } = await send({ add: { headers: ['X-A:a\r\nX-B: b'] } }, from([]));
    assert.deepEqual(headers, [['X-A', 'a%0D%0AX-B: b']]);
  });

  it('leaves framing to the gateway, and says so', async () => {
    const { ex, gateway } = await send(
      {
        remove: { headers: ['Content-Length'] },
        rename: { headers: ['Transfer-Encoding:X-T', 'X-T:Upgrade'] },
        add: { headers: ['Connection:close', 'X-A:1'] },
      },
      from([['X-T', '1']]),
    );
    assert.equal(ex.response.header('x-a'), '1');
    assert.equal(ex.response.header('x-t'), '1');
    assert.match(gateway.log[0]?.message ?? '', /left as they are: content-length, Transfer/);
  });
});

describe('response-transformer on JSON', () => {
  const json = async (config: object, body: string, type = 'application/json') =>
    (await send(config, { headers: [['Content-Type', type]], body })).body;

  it('adds values of their types', async () => {
    const add = {
      json: ['n:1', 'b:true', 's:x', 'f:1.5', 'no:x', 'big:12345678901234567890', 'h:0x10'],
      json_types: ['number', 'boolean', 'string', 'number', 'number', 'number', 'number'],
    };
    assert.equal(
      await json({ add }, '{"s":"o"}'),
      '{"s":"o","n":1,"b":true,"f":1.5,"big":12345678901234567890,"h":16}',
    );
  });

  it('takes values without a type for text', async () => {
    assert.equal(await json({ add: { json: ['a:1'] } }, '{}'), '{"a":"1"}');
  });

  it('replaces and renames only what is there, false and null included', async () => {
    const replace = { json: ['a:new', 'none:1', 'b:new', 'c:new'] };
    assert.equal(
      await json({ replace }, '{"a":"o","b":false,"c":null}'),
      '{"a":"new","b":"new","c":"new"}',
    );
    assert.equal(await json({ rename: { json: ['a:z', 'x:y'] } }, '{"a":1}'), '{"z":1}');
  });

  it('appends to what is there', async () => {
    const append = { json: ['a:9'] };
    assert.equal(await json({ append }, '{"a":"o"}'), '{"a":["o","9"]}');
    assert.equal(await json({ append }, '{"a":["x"]}'), '{"a":["x","9"]}');
    assert.equal(await json({ append }, '{}'), '{"a":["9"]}');
  });

  it('removes outermost members by their whole names', async () => {
    assert.equal(
      await json({ remove: { json: ['a', 'n.b'] } }, '{"n":{"b":1},"a":1,"n.b":2}'),
      '{"n":{"b":1}}',
    );
  });

  it('takes types that end in +json, and no others', async () => {
    const config = { remove: { json: ['a'] } };
    assert.equal(await json(config, '{"a":1}', 'application/hal+json;charset=utf-8'), '{}');
    for (const type of ['text/plain', 'application/jsonp', 'application/json-seq', '']) {
      assert.equal(await json(config, '{"a":1}', type), '{"a":1}', type);
    }
  });

  it('leaves what is no object as it is', async () => {
    for (const body of ['', '{bad', '[{"a":1}]', '"a"', 'null']) {
      assert.equal(await json({ remove: { json: ['a'] }, add: { json: ['b:1'] } }, body), body);
    }
  });

  it('leaves a compressed body as it is', async () => {
    const { body } = await send(
      { remove: { json: ['a'] } },
      { headers: [JSON_TYPE, ['Content-Encoding', 'gzip']], body: '{"a":1}' },
    );
    assert.equal(body, '{"a":1}');
  });

  it('asks for an uncompressed body where it is told to', async () => {
    const gateway = new TestGateway();
    const config = { remove: { json: ['a'] }, ask_uncompressed: true };
    const ex = await gateway.send([gateway.configure(responseTransformer, config)], {
      headers: { 'Accept-Encoding': 'gzip, br' },
    });
    assert.deepEqual(ex.upstreamRequest?.headers.all('accept-encoding'), ['identity']);
  });

  it('passes on no body that is longer than it looks at', async () => {
    const config = { remove: { json: ['secret'] }, max_body_size: 20 };
    const { ex } = await send(config, {
      headers: [JSON_TYPE],
      body: `{"secret":"${'a'.repeat(9)}"}`,
    });
    assert.equal(ex.response.status, 502);
    assert.doesNotMatch(ex.response.body, /aaa/);
  });

  it('makes of any response one that can be sent', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
    const pair = fc.tuple(text, text).map(([a, b]) => `${a.replaceAll(':', '-')}:${b}`);
    const header = fc
      .tuple(fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/), text)
      .map(([a, b]) => `${a}:${b}`);
    const values = fc.record({
      json: fc.array(pair),
      json_types: fc.array(fc.constantFrom('boolean', 'number', 'string')),
      headers: fc.array(header),
    });
    const config = fc.record({
      remove: fc.record({ json: fc.array(text), headers: fc.array(text) }),
      rename: fc.record({ json: fc.array(pair) }),
      replace: values,
      add: values,
      append: values,
    });
    const body = fc.oneof(
      fc.json(),
      fc.string(),
      fc.json().map((text) => text.slice(1)),
    );
    await fc.assert(
      fc.asyncProperty(config, body, async (config, body) => {
        const { ex, gateway } = await send(config, { headers: [JSON_TYPE], body });
        assert.equal(ex.response.status, 200);
        assert.ok(!gateway.log.some(({ level }) => level === 'error'));
        if (isJson(body) && ex.response.header('content-type') === 'application/json') {
          assert.ok(isJson(ex.response.body), ex.response.body);
        }
      }),
      { seed: 11, numRuns: 300 },
    );
  });
});
