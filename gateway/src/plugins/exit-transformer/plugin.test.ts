import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TestGateway } from '../../plugin/testing/test-gateway.ts';
import { keyAuth } from '../key-auth/plugin.ts';
import { requestTermination } from '../request-termination/plugin.ts';
import { exitTransformer } from './plugin.ts';

/** What becomes of an answer of request-termination. */
async function shaped(rules: readonly object[], termination: object = {}) {
  const gateway = new TestGateway();
  const plugins = [
    gateway.configure(exitTransformer, { rules }),
    gateway.configure(requestTermination, termination),
  ];
  const { response } = await gateway.send(plugins, { headers: { 'X-From': 'ann' } });
  return response;
}

describe('exit-transformer', () => {
  it('gives an answer another body, with its type', async () => {
    const body = '{"code":"$(status)","title":"$(message)","from":"$(headers.x_from)"}';
    const response = await shaped([{ content_type: 'application/problem+json', body }]);
    assert.equal(response.status, 503);
    assert.equal(response.header('content-type'), 'application/problem+json');
    assert.deepEqual(response.json, { code: 503, title: 'Service unavailable', from: 'ann' });
  });

  it('applies the first rule that fits', async () => {
    const rules = [
      { statuses: ['404', '500-502'], body: '1' },
      { statuses: ['5xx'], types: ['text/html'], body: '2' },
      { statuses: ['503'], types: ['application/json'], body: '3' },
      { body: '4' },
    ];
    assert.equal((await shaped(rules)).body, '3');
    assert.equal((await shaped(rules, { status_code: 501 })).body, '1');
    assert.equal((await shaped(rules, { status_code: 418 })).body, '4');
  });

  it('goes by the type that the client wants, also of plugins that answer in JSON always', async () => {
    const gateway = new TestGateway();
    const rules = [{ types: ['text/html'], content_type: 'text/html', body: '<p>$(message)</p>' }];
    const plugins = [
      gateway.configure(exitTransformer, { rules }),
      gateway.configure(requestTermination, { status_code: 403, message: 'no' }),
    ];
    const bodyFor = async (headers: Record<string, string>) =>
      (await gateway.send(plugins, { headers })).response.body;
    const browser = 'text/html,application/xhtml+xml,*/*;q=0.8';
    assert.equal(await bodyFor({ Accept: browser }), '<p>no</p>');
    for (const Accept of ['*/*', 'application/json, text/html;q=0.5', 'image/png']) {
      assert.equal(await bodyFor({ Accept }), '{"message":"no"}', Accept);
    }
    assert.equal(await bodyFor({}), '{"message":"no"}');
  });

  it('leaves answers alone that are no errors', async () => {
    assert.equal(
      (await shaped([{ body: '1' }], { status_code: 200, message: 'ok' })).body,
      '{"message":"ok"}',
    );
    assert.equal((await shaped([{ body: '1' }], { status_code: 302 })).body, '');
  });

  it('leaves responses of the service alone', async () => {
    const gateway = new TestGateway();
    const plugin = gateway.configure(exitTransformer, { rules: [{ body: '1' }] });
    const { response } = await gateway.send([plugin], {}, () => ({ status: 503, body: 'theirs' }));
    assert.equal(response.body, 'theirs');
  });

  it('changes status and headers, and keeps a body that nobody told it to change', async () => {
    const response = await shaped([
      {
        status: 500,
        headers: {
          remove: ['X-Gone'],
          set: { 'X-Set': 'by $(request_id)', 'X-None': '$(headers.none)' },
          add: { 'X-Split': '$("a\\r\\nb: c")', 'X-Set': 'no' },
        },
      },
    ]);
    assert.equal(response.status, 500);
    assert.equal(response.body, '{"message":"Service unavailable"}');
    assert.match(response.header('x-set') ?? '', /^by [0-9a-f]{32}$/);
    assert.equal(response.header('x-none'), undefined);
    assert.equal(response.header('x-split'), 'a%0D%0Ab: c');
  });

  it('can name what the answer held', async () => {
    const gateway = new TestGateway();
    const errors = [{ in: 'body', path: '/count', message: 'must be >= 1' }];
    const shape = async (rule: object, type: string): Promise<string> => {
      const plugins = [
        gateway.configure(exitTransformer, { rules: [{ content_type: type, ...rule }] }),
        gateway.configure(requestTermination, {
          status_code: 400,
          content_type: 'application/json',
          body: JSON.stringify({ error: 'no', errors }),
        }),
      ];
      return (await gateway.send(plugins)).response.body;
    };
    const body =
      '{"t":"$(message)","e":"$(body.errors)","at":"$(body.errors[1].path)","n":"$(body.none)"}';
    assert.deepEqual(JSON.parse(await shape({ body }, 'application/json')), {
      t: 'error: no',
      e: errors,
      at: '/count',
      n: null,
    });
    assert.equal(
      await shape({ body: '<p>$(body.errors)</p>' }, 'text/html'),
      '<p>[{&#34;in&#34;:&#34;body&#34;,&#34;path&#34;:&#34;/count&#34;,&#34;message&#34;:&#34;must be &#62;= 1&#34;}]</p>',
    );
  });

  it('finds nothing in an answer that is no JSON', async () => {
    const rules = [{ body: '{"e":"$(body.errors)","m":"$(message)"}' }];
    const response = await shaped(rules, { body: 'plain', content_type: 'text/plain' });
    assert.deepEqual(response.json, { e: null, m: 'plain' });
  });

  it('drops what the answer said of its old body', async () => {
    const gateway = new TestGateway();
    const rules = [{ content_type: 'text/html', body: '<p>$(message)</p>' }];
    const plugin = gateway.configure(exitTransformer, { rules });
    const other = gateway.configure(keyAuth, {});
    const { response } = await gateway.send([plugin, other]);
    assert.equal(response.status, 401);
    assert.equal(response.header('content-type'), 'text/html; charset=utf-8');
    assert.equal(response.header('www-authenticate'), 'Key');
    assert.equal(response.body, '<p>No API key found in request</p>');
  });

  it('costs nothing where it has no rules', () => {
    const { handlers } = new TestGateway().configure(exitTransformer, {});
    assert.deepEqual(handlers, {});
  });

  const wrong: readonly (readonly [string, object, RegExp])[] = [
    [
      'Lua',
      { functions: ['return function() end'] },
      /Lua functions do not run here: say in 'rules'/,
    ],
    ['no error', { rules: [{ statuses: ['200'] }] }, /'200' names no errors: write a status/],
    [
      'a range that ends before it begins',
      { rules: [{ statuses: ['500-400'] }] },
      /names no errors/,
    ],
    ['a status without body', { rules: [{ status: 204 }] }, /a response of status 204 has no body/],
    ['a body that is no JSON', { rules: [{ body: '<p>' }] }, /body: no JSON, as content_type says/],
    ['no media type', { rules: [{ content_type: 'json' }] }, /'json' is no media type/],
    [
      'letters but UTF-8',
      { rules: [{ content_type: 'text/html; charset=latin1' }] },
      /written in UTF-8/,
    ],
    ['framing', { rules: [{ headers: { set: { 'Content-Length': '1' } } }] }, /frames the message/],
    [
      'a type without body',
      { rules: [{ headers: { set: { 'Content-Type': 'a' } } }] },
      /'content_type'/,
    ],
    [
      'an unknown variable',
      { rules: [{ headers: { add: { a: '$(heders.x)' } } }] },
      /did you mean/,
    ],
  ];
  for (const [what, config, message] of wrong) {
    it(`refuses ${what}`, () => {
      assert.throws(() => new TestGateway().configure(exitTransformer, config), { message });
    });
  }
});
