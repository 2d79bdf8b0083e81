import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { field } from '../support/http-message.ts';
import { get, head } from '../support/message.ts';
import { useSite } from '../support/site.ts';

const expecting = head(
  'POST / HTTP/1.1',
  'Host: origin.test',
  'Content-Length: 4',
  'Expect: 100-continue',
);

describe('Interim responses', () => {
  const site = useSite();

  it('103 reaches the client with its fields, before the final response', async () => {
    await site.serve(async (exchange) => {
      await exchange.write('HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n');
      await exchange.send(200, 'page');
    });
    const response = await site.fetch(get());
    assert.deepEqual(
      response.interim.map((interim) => [interim.status, field(interim, 'link')]),
      [[103, '</style.css>; rel=preload']],
    );
    assert.equal(response.text, 'page');
  });

  it('103 says nothing that the gateway says', async () => {
    const own = ['X-Accel-Redirect: /x', 'Via: 1.0 nowhere', 'X-Kong-Request-Id: 1'];
    await site.serve(async (exchange) => {
      await exchange.write(head('HTTP/1.1 103 Early Hints', 'A: b', ...own));
      await exchange.send(200, 'page');
    });
    const { interim } = await site.fetch(get());
    assert.deepEqual(
      interim.map(({ fields }) => fields),
      [[['A', 'b']]],
    );
  });

  it('several of them pass in order', async () => {
    await site.serve(async (exchange) => {
      await exchange.write(
        'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n',
      );
      await exchange.send(204);
    });
    // A 204 with Content-Length is not legal; the gateway must not pass the field on.
    const response = await site.fetch(get());
    assert.deepEqual(
      response.interim.map((interim) => interim.status),
      [102, 103],
    );
    assert.equal(response.status, 204);
  });

  it('103 with long fields may come in one packet with a long final response', async () => {
    const long = 'x'.repeat(3000);
    await site.serve(async (exchange) => {
      const hints = `HTTP/1.1 103 Early Hints\r\nLink: ${long}\r\n\r\n`;
      const final = head('HTTP/1.1 200 OK', `X-Long: ${long}`, 'Content-Length: 9000');
      await exchange.write(hints + final + 'y'.repeat(9000));
    });
    const response = await site.fetch(get());
    assert.equal(response.interim.length, 1);
    assert.equal(field(response, 'x-long'), long);
    assert.equal(response.text, 'y'.repeat(9000));
  });

  it('103 is sent on before there is a final response', async () => {
    let finish = (): void => undefined;
    const asked = new Promise<void>((resolve) => (finish = resolve));
    await site.serve(async (exchange) => {
      await exchange.write('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n');
      await asked;
      await exchange.send(200, 'x');
    });
    const client = await site.connect();
    client.send(get());
    assert.equal((await client.head()).status, 103);
    finish();
    assert.equal((await client.response()).status, 200);
  });
});

describe('Expect: 100-continue', () => {
  const site = useSite();

  it('a waiting client is told to go on, once, and its body arrives', async () => {
    await site.serve(async (exchange) => {
      if (field(exchange.request, 'expect')) await exchange.write('HTTP/1.1 100 Continue\r\n\r\n');
      await exchange.readBody();
      await exchange.send(200, 'stored');
    });
    const client = await site.connect();
    client.send(expecting);
    assert.equal((await client.head()).status, 100);
    client.send('body');
    const response = await client.response('POST');
    assert.deepEqual(response.interim, []);
    assert.equal(response.text, 'stored');
    assert.equal((await site.origin.exchange()).body?.bytes.toString(), 'body');
  });

  it('an upstream that never says 100 does not block the client', async () => {
    const client = await site.connect();
    client.send(expecting);
    client.send('body');
    const response = await client.response('POST');
    assert.equal(response.status, 200);
    assert.equal((await site.origin.exchange()).body?.bytes.toString(), 'body');
  });

  it('a client that the gateway refuses is not asked for its body', async () => {
    const client = await site.connect();
    client.send(
      head('POST / HTTP/1.1', 'Host: h', 'Host: h', 'Content-Length: 4', 'Expect: 100-continue'),
    );
    const response = await client.response('POST');
    assert.equal(response.status, 400);
    assert.deepEqual(response.interim, []);
    await client.ending();
  });

  it('an expectation that nobody knows is 417', async () => {
    const response = await site.fetch(
      head('POST / HTTP/1.1', 'Host: h', 'Content-Length: 0', 'Expect: the-impossible'),
    );
    assert.equal(response.status, 417);
    assert.equal(site.origin.exchanges.length, 0);
  });

  it('the connection serves further requests afterwards', async () => {
    const client = await site.connect();
    for (let round = 0; round < 2; round++) {
      client.send(expecting);
      client.send('body');
      assert.equal((await client.response('POST')).status, 200);
    }
    assert.equal((await client.request(get())).status, 200);
  });
});

describe('Responses that come before the request body has ended', () => {
  const site = useSite();

  it('reach the client at once', async () => {
    await site.serve(async (exchange) => {
      await exchange.send(413, 'too much', [['Connection', 'close']]);
      exchange.end();
    });
    const client = await site.connect();
    client.send(head('POST / HTTP/1.1', 'Host: h', 'Content-Length: 1000000'));
    client.send('x'.repeat(1000));
    const response = await client.response('POST');
    assert.equal(response.status, 413);
    assert.equal(response.text, 'too much');
  });

  it('leave no half-read request behind: the next request is never taken from the body', async () => {
    await site.serve(async (exchange) => {
      if (exchange.request.target !== '/early') return void (await exchange.send(200, 'other'));
      await exchange.send(200, 'early');
      await exchange.readBody();
    });
    const client = await site.connect();
    const smuggled = get('/smuggled');
    const length = `Content-Length: ${smuggled.length}`;
    client.send(head('POST /early HTTP/1.1', 'Host: h', length));
    assert.equal((await client.response('POST')).text, 'early');
    client.send(smuggled);
    client.end();
    await client.stream.readToEnd('whatever follows');
    assert.deepEqual(
      site.origin.exchanges.map((exchange) => exchange.request.target),
      ['/early'],
    );
  });
});
