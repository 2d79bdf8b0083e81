import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { field } from '../support/http-message.ts';
import { head } from '../support/message.ts';
import { oneService, useSite } from '../support/site.ts';
import { fetchTls } from '../support/tls-client.ts';

const RESPONSE = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const redirects = [301, 302, 307, 308];

describe('A route for https alone', () => {
  const site = useSite({
    listen: '127.0.0.1:0, 127.0.0.1:0 ssl http2',
    config: (port) => ({
      _format_version: '3.0',
      services: [426, ...redirects].map((status) =>
        oneService(
          port,
          { name: `s${status}` },
          {
            name: `r${status}`,
            paths: [`/${status}`],
            protocols: ['https'],
            https_redirect_status_code: status,
          },
        ),
      ),
    }),
  });

  const ask = (status: number): string =>
    head(`GET /${status}/a%20b?c=d HTTP/1.1`, 'Host: shop.test:8000', 'Connection: close');

  it('asks clients without TLS for it, by default', async () => {
    const response = await site.fetch(ask(426));
    assert.equal(response.status, 426);
    assert.equal(field(response, 'upgrade'), 'TLS/1.2, HTTP/1.1');
    assert.match(response.text, /Please use HTTPS protocol/);
  });

  for (const status of redirects) {
    it(`sends them elsewhere with ${status} where it says so`, async () => {
      const response = await site.fetch(ask(status));
      assert.equal(response.status, status);
      assert.equal(field(response, 'location'), `https://shop.test/${status}/a%20b?c=d`);
    });
  }

  it('serves those with TLS', async () => {
    await site.serve((exchange) => exchange.write(RESPONSE));
    for (const status of [426, ...redirects]) {
      const response = await fetchTls(site.gateway.proxyPorts[1] ?? 0, {}, ask(status));
      assert.equal(response.status, 200);
    }
  });
});
