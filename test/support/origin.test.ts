import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startOrigin, type Origin } from './origin.ts';
import { connect, fetchOnce } from './raw-client.ts';
import { until } from './until.ts';

/** The black-box suites are only worth what their two ends notice, so these talk to each other. */
describe('The raw client and the origin', () => {
  let origin: Origin;
  before(async () => {
    origin = await startOrigin();
  });
  after(() => origin.stop());

  it('carry a request and its response', async () => {
    await origin.reset();
    const response = await fetchOnce(
      origin.port,
      'POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc',
    );
    assert.equal(response.status, 200);
    assert.equal((JSON.parse(response.text) as { body: string }).body, 'abc');
  });

  it('read chunks and trailers', async () => {
    await origin.reset();
    await fetchOnce(
      origin.port,
      'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\nX: y\r\n\r\n',
    );
    const { body } = await origin.exchange();
    assert.equal(body?.bytes.toString(), 'abcd');
    assert.deepEqual(body?.chunks, [3, 1]);
    assert.deepEqual(body?.trailers, [['X', 'y']]);
  });

  it('notice a body that is cut short', async () => {
    await origin.reset((exchange) => {
      void exchange.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345');
      exchange.end();
    });
    const response = await fetchOnce(origin.port, 'GET / HTTP/1.1\r\n\r\n');
    assert.equal(response.body.complete, false);
    assert.equal(response.text, '12345');
  });

  it('tell a reset from an orderly end', async () => {
    await origin.reset((exchange) => exchange.reset());
    const broken = await connect(origin.port);
    broken.send('GET / HTTP/1.1\r\n\r\n');
    assert.equal(await broken.ending(), 'reset');

    await origin.reset((exchange) => exchange.end());
    const ended = await connect(origin.port);
    ended.send('GET / HTTP/1.1\r\n\r\n');
    assert.equal(await ended.ending(), 'closed');
    ended.close();
  });

  for (const [what, bytes] of [
    ['a bare LF', 'GET / HTTP/1.1\nHost: h\r\n\r\n'],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost : h\r\n\r\n'],
    ['two framings', 'GET / HTTP/1.1\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['two lengths', 'GET / HTTP/1.1\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n'],
    ['a control character', 'GET / HTTP/1.1\r\nHost: \x01\r\n\r\n'],
    [
      'a bad chunk size',
      'GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n+1\r\na\r\n0\r\n\r\n',
    ],
    ['a chunk without its end', 'GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n'],
  ] as const) {
    it(`report ${what} as a problem`, async () => {
      await origin.reset();
      const client = await connect(origin.port);
      client.send(bytes);
      await until('the problem is noticed', () => origin.problems.length === 1);
      client.close();
    });
  }
});
