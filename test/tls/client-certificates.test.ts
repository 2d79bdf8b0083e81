import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { Authority } from '../support/authority.ts';
import { head } from '../support/message.ts';
import { Folder, sClient } from '../support/openssl.ts';
import { useSite } from '../support/site.ts';
import { fetchTls } from '../support/tls-client.ts';

const RESPONSE = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('Clients are asked for a certificate', () => {
  const authority = new Authority('Clients');
  const strangers = new Authority('Strangers');
  const mine = authority.issue('DNS:client.test');
  const stranger = strangers.issue('DNS:client.test');
  const files = new Folder();
  const paths = [files.write('mine.crt', mine.cert), files.write('mine.key', mine.key)] as const;

  const site = useSite({
    listen: '127.0.0.1:0 ssl, 127.0.0.1:0 ssl http2 client_certificates=required',
    flags: [
      ...['--client-certificate-authorities', files.write('ca.crt', authority.cert)],
      ...['--client-certificates-by-name', 'partners.test=required,*.open.test=off'],
    ],
  });
  after(() => {
    authority.remove();
    strangers.remove();
    files.remove();
  });

  async function status(listener: number, options = {}, host = 'h'): Promise<number> {
    await site.serve((exchange) => exchange.write(RESPONSE));
    const bytes = head('GET / HTTP/1.1', `Host: ${host}`, 'Connection: close');
    const response = await fetchTls(site.gateway.proxyPorts[listener] ?? 0, options, bytes);
    return response.status;
  }

  it('by the listener that they come to', async () => {
    assert.equal(await status(0), 200);
    assert.equal(await status(1, mine), 200);
    await assert.rejects(status(1));
  });

  it('by the server that they ask for, whatever the listener says', async () => {
    assert.equal(await status(1, { servername: 'a.open.test' }, 'a.open.test'), 200);
    assert.equal(await status(0, { servername: 'partners.test', ...mine }, 'partners.test'), 200);
    await assert.rejects(status(0, { servername: 'partners.test' }, 'partners.test'));
  });

  it('and get an alert when they show none', async () => {
    const { output } = await sClient(site.gateway.proxyPorts[1] ?? 0, ['-ign_eof'], '');
    assert.match(output, /Acceptable client certificate CA names\nCN = Clients/);
    assert.match(output, /alert certificate required/);
  });

  it('that an authority of the gateway has to vouch for', async () => {
    await assert.rejects(status(1, stranger));
  });

  it('and cannot get around it with another name in the request', async () => {
    assert.equal(await status(0, {}, 'partners.test'), 421);
    assert.equal(await status(0, {}, 'Partners.Test.:443'), 421);
    assert.equal(await status(0, { servername: 'other.test' }, 'partners.test'), 421);
    assert.equal(await status(1, mine, 'partners.test'), 200);
  });

  it('and cannot get into a listener that asks by the name of one that does not', async () => {
    const open = { servername: 'a.open.test' };
    assert.equal(await status(1, open, 'b.open.test'), 200);
    assert.equal(await status(1, open, 'h'), 421);
    assert.equal(await status(1, { ...open, ...mine }, 'h'), 421);
    assert.equal(await status(0, open, 'h'), 200);
  });

  it('and cannot get around it with a dot behind the name', async () => {
    await assert.rejects(status(0, { servername: 'partners.test.' }, 'h'));
    assert.equal(await status(0, { servername: 'partners.test.', ...mine }, 'h'), 200);
  });

  it('and cannot get around it by a session that began where none was asked for', async () => {
    for (const version of ['-tls1_2', '-tls1_3']) {
      const session = files.at('session');
      const [open = 0, closed = 0] = site.gateway.proxyPorts;
      const request = 'GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n';
      await sClient(open, [version, '-sess_out', session], request);
      const words = [version, '-sess_in', session, '-ign_eof'];
      assert.doesNotMatch((await sClient(closed, words, request)).output, /HTTP\/1\.1 200/);
      // Those that were asked, and had one, may go on.
      const shown = ['-cert', paths[0], '-key', paths[1]];
      await sClient(closed, [version, '-sess_out', session, ...shown], request);
      const { output } = await sClient(closed, words, request);
      assert.match(output, /Reused[^]*HTTP\/1\.1 200/);
    }
  });
});
