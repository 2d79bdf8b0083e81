import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { Authority } from '../support/authority.ts';
import { head } from '../support/message.ts';
import { parseMetrics, total } from '../support/metrics.ts';
import { Folder, sClient } from '../support/openssl.ts';
import { useSite } from '../support/site.ts';
import { fetchTls } from '../support/tls-client.ts';
import { until } from '../support/until.ts';

/** What an access line tells of the client's certificate. */
function certificateIn({ tls }: Record<string, unknown>): unknown[] {
  const { client_verified: verified, client_subject: subject } = tls as Record<string, unknown>;
  return [verified, subject];
}

const RESPONSE = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('Clients are asked for a certificate', () => {
  const authority = new Authority('Clients');
  const strangers = new Authority('Strangers');
  const mine = authority.issue('DNS:client.test');
  const stranger = strangers.issue('DNS:client.test');
  const files = new Folder();
  const paths = [files.write('mine.crt', mine.cert), files.write('mine.key', mine.key)] as const;

  const site = useSite({
    listen:
      '127.0.0.1:0 ssl, 127.0.0.1:0 ssl http2 client_certificates=required, 127.0.0.1:0 ssl client_certificates=optional',
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

  async function refusals(): Promise<number> {
    const labels = { reason: 'client_certificate_refused' };
    const samples = parseMetrics(await (await site.gateway.fetchStatus('/metrics')).text());
    return total(samples, 'sluice_tls_handshake_failures_total', labels);
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

  it('or may leave it out where it is optional, but not show one that nobody vouches for', async () => {
    assert.equal(await status(2), 200);
    assert.equal(await status(2, mine), 200);
    const before = await refusals();
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      await assert.rejects(status(2, { ...stranger, maxVersion }));
    }
    assert.equal(await refusals(), before + 2);
  });

  it('and are told of in the log when they do not come in', async () => {
    const nobodyVouches =
      /refused the client 127\.0\.0\.1: no authority vouches for its certificate \\"CN=leaf\\" \(UNABLE_TO_/;
    for (const [listener, options, line] of [
      [2, stranger, nobodyVouches],
      [1, {}, /refused the client 127\.0\.0\.1: it showed no certificate/],
    ] as const) {
      // Again and again, since of those that come fast only one is told of.
      await until(`the log says ${line}`, async () => {
        await assert.rejects(status(listener, options));
        return line.test(site.gateway.output);
      });
    }
  });

  it('and are named in the access line', async () => {
    await status(2, mine, 'shown.test');
    const shown = await site.gateway.accessLine(({ host }) => host === 'shown.test');
    assert.deepEqual(certificateIn(shown), [true, 'CN=leaf']);
    await status(2, {}, 'silent.test');
    const silent = await site.gateway.accessLine(({ host }) => host === 'silent.test');
    assert.deepEqual(certificateIn(silent), [null, null]);
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
