import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isJson } from '../../../../test/support/is-json.ts';
import { TestGateway } from '../../plugin/testing/test-gateway.ts';
import type { RequestInit } from '../../plugin/testing/test-request.ts';
import { requestTransformer } from './plugin.ts';

const JSON_TYPE = 'application/json';
const FORM = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data; boundary=BND';

async function send(config: object, type: string, body: string, more: RequestInit = {}) {
  const gateway = new TestGateway();
  const ex = await gateway.send([gateway.configure(requestTransformer, config)], {
    method: 'POST',
    ...more,
    headers: { 'Content-Type': type, ...(more.headers as Record<string, string> | undefined) },
    body,
  });
  return { body: ex.upstreamRequest?.body, status: ex.response.status, gateway, ex };
}

const changed = async (config: object, type: string, body: string) =>
  (await send(config, type, body)).body;

describe('request-transformer on JSON bodies', () => {
  it('changes outermost members, with text as values', async () => {
    const config = {
      remove: { body: ['r'] },
      rename: { body: ['n:m'] },
      replace: { body: ['p:new', 'none:1'] },
      add: { body: ['p:no', 'a:1', 'n.b:2'] },
      append: { body: ['l:9'] },
    };
    assert.equal(
      await changed(config, JSON_TYPE, '{"r":1,"n":{"x":1},"p":2,"l":["x"]}'),
      '{"m":{"x":1},"p":"new","l":["x","9"],"a":"1","n.b":"2"}',
    );
  });

  it('gives a request without a body one', async () => {
    assert.equal(await changed({ add: { body: ['a:1'] } }, JSON_TYPE, ''), '{"a":"1"}');
    assert.equal(await changed({ remove: { body: ['a'] } }, JSON_TYPE, ''), '');
  });

  it('leaves alone what is no JSON object, has another type or is compressed', async () => {
    const config = { add: { body: ['a:1'] } };
    for (const body of ['{bad', '[1,2]', '"x"']) {
      assert.equal(await changed(config, JSON_TYPE, body), body);
    }
    for (const type of ['application/vnd.x+json', 'text/plain', 'multipart/form-data']) {
      assert.equal(await changed(config, type, '{}'), '{}');
    }
    const { body } = await send(config, JSON_TYPE, '{}', {
      headers: { 'Content-Encoding': 'gzip' },
    });
    assert.equal(body, '{}');
  });

  it('escapes what a client puts into a template', async () => {
    const { body } = await send({ add: { body: ['a:$(query_params.q)'] } }, JSON_TYPE, '{}', {
      target: `/?q=${encodeURIComponent('","admin":"1')}`,
    });
    assert.equal(body, '{"a":"\\",\\"admin\\":\\"1"}');
  });
});

describe('request-transformer on forms', () => {
  it('changes fields, and orders them by name then', async () => {
    const config = { add: { body: ['a:1', 'n:x y'] }, remove: { body: ['r'] } };
    assert.equal(await changed(config, FORM, 'z=1&r=2&a=o+p'), 'a=o+p&n=x%20y&z=1');
    assert.equal(await changed({ replace: { body: ['x:1'] } }, FORM, 'z=1&a'), 'z=1&a');
  });

  it('answers 413 to more fields than are looked at', async () => {
    const many = 'a&'.repeat(1000);
    assert.equal((await send({ remove: { body: ['b'] } }, FORM, many)).status, 413);
    const parts = '--BND\r\n\r\n\r\n'.repeat(1001) + '--BND--';
    assert.equal((await send({ remove: { body: ['b'] } }, MULTIPART, parts)).status, 413);
  });
});

describe('request-transformer on multipart bodies', () => {
  const part = (name: string, value: string): string =>
    `--BND\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const END = '--BND--\r\n';
  const body = part('a', 'o') + part('c', '3') + END;

  it('puts what is new or changed behind the rest', async () => {
    const add = { add: { body: ['a:1', 'n:2'] } };
    assert.equal(
      await changed(add, MULTIPART, body),
      part('a', 'o') + part('c', '3') + part('n', '2') + END,
    );
    const replace = { replace: { body: ['a:new', 'x:1'] } };
    assert.equal(await changed(replace, MULTIPART, body), part('c', '3') + part('a', 'new') + END);
    assert.equal(await changed({ remove: { body: ['a'] } }, MULTIPART, body), part('c', '3') + END);
    const append = { append: { body: ['c:9'] } };
    assert.equal(
      await changed(append, MULTIPART, body),
      part('a', 'o') + part('c', '3') + part('c', '9') + END,
    );
  });

  it('keeps file name, type and content of a part that is renamed', async () => {
    const file = (name: string): string =>
      `--BND\r\nContent-Disposition: form-data; name="${name}"; filename="name=x"\r\nContent-Type: image/png\r\n\r\n\x00\x01\r\n`;
    const rename = { rename: { body: ['f:g"h'] } };
    assert.equal(
      await changed(rename, MULTIPART, file('f') + part('c', '3') + END),
      part('c', '3') + file('g%22h') + END,
    );
  });

  it('fills an empty one, and leaves a broken one', async () => {
    const add = { add: { body: ['a:1'] } };
    assert.equal(await changed(add, MULTIPART, END), part('a', '1') + END);
    const broken = part('c', '3');
    assert.equal(await changed(add, MULTIPART, broken), broken);
  });

  it('answers 400 to a value that would begin a part', async () => {
    const { status } = await send({ add: { body: ['z:$(query_params.q)'] } }, MULTIPART, body, {
      target: `/?q=${encodeURIComponent(`x\r\n${part('r', '1')}`)}`,
    });
    assert.equal(status, 400);
  });
});

describe('request-transformer on bodies of any kind', () => {
  it('answers 413 to a body that is longer than it changes', async () => {
    const config = { remove: { body: ['a'] }, max_body_size: 5 };
    assert.equal((await send(config, JSON_TYPE, '{"a":1}')).status, 413);
    assert.equal((await send(config, 'text/plain', '{"a":1}')).status, 200);
  });

  it('never fails, and makes of JSON nothing else', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 });
    const name = text.map((each) => each.replaceAll(':', '-').replaceAll('$', '-'));
    const value = fc.oneof(name, fc.constantFrom('$(query_params.q)', '$(headers.x or "d")'));
    const pairs = fc.array(
      fc.tuple(name, value).map(([a, b]) => `${a}:${b}`),
      { maxLength: 4 },
    );
    const kinds = fc.record({ body: pairs, querystring: pairs });
    const config = fc.record({
      remove: fc.record({ body: fc.array(name), querystring: fc.array(name) }),
      rename: kinds,
      replace: kinds,
      add: kinds,
      append: kinds,
    });
    const body = fc.oneof(fc.json(), fc.string(), fc.webQueryParameters(), fc.constant('--BND--'));
    const type = fc.constantFrom(JSON_TYPE, FORM, MULTIPART);
    await fc.assert(
      fc.asyncProperty(config, type, body, text, async (config, type, body, q) => {
        const target = `/?q=${encodeURIComponent(q)}&${encodeURI(body)}`;
        const { status, gateway, body: sent = '' } = await send(config, type, body, { target });
        assert.ok(status === 200 || status === 400 || status === 413, String(status));
        assert.deepEqual(gateway.log, []);
        if (type === JSON_TYPE && isJson(body)) assert.ok(isJson(sent), sent);
      }),
      { seed: 13, numRuns: 150 },
    );
  });
});
