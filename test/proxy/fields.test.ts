import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { field, fieldValues, type RequestHead } from '../support/http-message.ts';
import { get, head } from '../support/message.ts';
import { oneService, useSite } from '../support/site.ts';

describe('Fields on their way upstream', () => {
  const site = useSite();

  async function forwarded(...fields: string[]): Promise<RequestHead> {
    await site.fetch(get('/', ...fields));
    return (await site.origin.exchange()).request;
  }

  it('keep their names, values and order', async () => {
    const request = await forwarded(
      'X-Zulu: 1',
      'x-alpha: 2',
      'X-Zulu: 3',
      'X_Under: 4',
      'X.dot: 5',
    );
    const own = request.fields.filter(([name]) => /^x[-_.](zulu|alpha|under|dot)$/i.test(name));
    assert.deepEqual(own, [
      ['X-Zulu', '1'],
      ['x-alpha', '2'],
      ['X-Zulu', '3'],
      ['X_Under', '4'],
      ['X.dot', '5'],
    ]);
  });

  it('keep bytes beyond ASCII', async () => {
    assert.equal(field(await forwarded('X-Name: J\xfcrgen'), 'x-name'), 'J\xfcrgen');
  });

  it('may be empty', async () => {
    assert.equal(field(await forwarded('X-Empty:'), 'x-empty'), '');
  });

  for (const line of [
    'Keep-Alive: timeout=5',
    'Proxy-Connection: keep-alive',
    'Upgrade: h2c',
    'TE: gzip',
  ]) {
    it(`${line} is for this hop only`, async () => {
      const name = line.slice(0, line.indexOf(':'));
      const request = await forwarded(line);
      assert.equal(field(request, name), undefined);
    });
  }

  it('that Connection names are for this hop only', async () => {
    const request = await forwarded(
      'Connection: X-Hop, close ,x-other-hop',
      'X-Hop: 1',
      'X-Other-Hop: 2',
      'X-End: 3',
    );
    assert.equal(field(request, 'x-hop'), undefined);
    assert.equal(field(request, 'x-other-hop'), undefined);
    assert.equal(field(request, 'x-end'), '3');
  });

  it('cannot be taken away through Connection where the gateway made them', async () => {
    const request = await forwarded('Connection: X-Forwarded-For, Host, X-Real-IP');
    assert.equal(field(request, 'x-forwarded-for'), '127.0.0.1');
    assert.equal(field(request, 'x-real-ip'), '127.0.0.1');
    assert.equal(field(request, 'host'), 'origin.test');
  });

  it('Proxy is dropped: it could steer CGI programs', async () => {
    assert.equal(field(await forwarded('Proxy: http://evil'), 'proxy'), undefined);
  });

  it('that only the gateway may set are dropped when a client sends them', async () => {
    const names = [
      'X-Consumer-ID',
      'X-Consumer-Username',
      'X-Consumer-Custom-ID',
      'X-Consumer-Groups',
      'X-Authenticated-Groups',
      'X-Credential-Identifier',
      'X-Anonymous-Consumer',
      'x-consumer-id',
    ];
    const request = await forwarded(...names.map((name) => `${name}: forged`));
    for (const name of names) assert.deepEqual(fieldValues(request, name), []);
  });

  it('the address of an untrusted client is appended to X-Forwarded-For', async () => {
    const request = await forwarded('X-Forwarded-For: 203.0.113.7', 'X-Real-IP: 203.0.113.8');
    assert.equal(field(request, 'x-forwarded-for'), '203.0.113.7, 127.0.0.1');
    assert.equal(field(request, 'x-real-ip'), '127.0.0.1');
  });

  it('a request id of 32 hexadecimal digits is added and told to the client', async () => {
    const response = await site.fetch(get());
    const names = response.fields.map(([name]) => name.toLowerCase());
    const name = names.find((one) => /^x-(sluice|kong)-request-id$/.test(one)) ?? '';
    const id = field(response, name) ?? '';
    assert.match(id, /^[0-9a-f]{32}$/);
    const { request } = await site.origin.exchange();
    assert.ok(
      request.fields.some(([, value]) => value === id),
      'the upstream saw another id',
    );
  });

  it('in absolute form the authority of the target counts, not Host', async () => {
    const response = await site.fetch(
      head('GET http://real.test/path?q=1 HTTP/1.1', 'Host: other.test'),
    );
    assert.equal(response.status, 200);
    const { request } = await site.origin.exchange();
    assert.equal(request.target, '/path?q=1');
    assert.equal(field(request, 'host'), 'real.test');
  });

  it('the query string passes byte for byte', async () => {
    await site.fetch(get('/p?a=%2f&b=%zz&&c=[1]|2'));
    assert.equal((await site.origin.exchange()).request.target, '/p?a=%2f&b=%zz&&c=[1]|2');
  });
});

describe('Fields on their way to the client', () => {
  const site = useSite();

  it('keep their names, values and order, repeated ones too', async () => {
    await site.serve((exchange) =>
      exchange.send(200, 'x', [
        ['Set-Cookie', 'a=1'],
        ['x-lower', 'l'],
        ['Set-Cookie', 'b=2'],
      ]),
    );
    const response = await site.fetch(get());
    assert.deepEqual(
      response.fields.filter(([name]) => /^(set-cookie|x-lower)$/i.test(name)),
      [
        ['Set-Cookie', 'a=1'],
        ['x-lower', 'l'],
        ['Set-Cookie', 'b=2'],
      ],
    );
  });

  it('of one hop, and those that Connection names, are dropped', async () => {
    await site.serve((exchange) =>
      exchange.send(200, 'x', [
        ['Connection', 'X-Hop'],
        ['X-Hop', '1'],
        ['Keep-Alive', 'timeout=5'],
        ['Proxy-Connection', 'keep-alive'],
        ['X-End', '2'],
      ]),
    );
    const response = await site.fetch(get());
    for (const name of ['x-hop', 'keep-alive', 'proxy-connection']) {
      assert.equal(field(response, name), undefined, name);
    }
    assert.equal(field(response, 'x-end'), '2');
  });

  it('X-Accel fields of an upstream have no power', async () => {
    await site.serve((exchange) =>
      exchange.send(200, 'body', [['X-Accel-Redirect', '/elsewhere']]),
    );
    assert.equal((await site.fetch(get())).text, 'body');
  });
});

describe('The status of an upstream', () => {
  const site = useSite({ flags: ['--headers', 'X-Kong-Upstream-Status'] });

  it('is said once, by the gateway', async () => {
    const said = ['X-Sluice-Upstream-Status', 'X-Kong-Upstream-Status'] as const;
    await site.serve((exchange) =>
      exchange.send(
        201,
        'x',
        said.map((name) => [name, '500']),
      ),
    );
    const response = await site.fetch(get());
    assert.deepEqual(fieldValues(response, 'x-sluice-upstream-status'), ['201']);
    assert.equal(field(response, 'x-kong-upstream-status'), undefined);
  });
});

describe('A target in absolute form', () => {
  const site = useSite({
    config: (port) => ({
      _format_version: '3.0',
      // A plugin that looks at the request's fields must change nothing in this.
      plugins: [{ name: 'correlation-id' }],
      services: [
        oneService(port),
        {
          name: 'secure',
          url: `http://127.0.0.1:${port}`,
          routes: [
            { hosts: ['secure.test'], protocols: ['https'], https_redirect_status_code: 301 },
          ],
        },
      ],
    }),
  });

  it('names the host that the upstream is asked for, whatever Host says', async () => {
    await site.fetch(head('GET http://target.test/x HTTP/1.1', 'Host: field.test'));
    const { request } = await site.origin.exchange();
    assert.deepEqual(fieldValues(request, 'host'), ['target.test']);
  });

  it('is redirected to the same path of the same host', async () => {
    const request = head('GET http://secure.test:80/x?y=1 HTTP/1.1', 'Host: secure.test');
    assert.equal(field(await site.fetch(request), 'location'), 'https://secure.test/x?y=1');
  });
});
