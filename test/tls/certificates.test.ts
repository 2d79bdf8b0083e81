import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { Authority, type Issued } from '../support/authority.ts';
import { ConfigurationRefused } from '../support/gateway.ts';
import { get } from '../support/message.ts';
import { parseMetrics, total } from '../support/metrics.ts';
import { Folder, sClient } from '../support/openssl.ts';
import { RawClient } from '../support/raw-client.ts';
import { oneService, useSite } from '../support/site.ts';
import { connectTls, namesShown } from '../support/tls-client.ts';
import { until } from '../support/until.ts';

const RESPONSE = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('The certificate that a client is shown', () => {
  const authority = new Authority();
  const files = new Folder();
  const node = authority.issue('DNS:node.test');
  const paths = [files.write('node.crt', node.cert), files.write('node.key', node.key)] as const;
  const exact = authority.issue('DNS:a.example.test');
  const both = { ec: authority.issue('DNS:both.test'), rsa: authority.issueRsa('DNS:both.test') };

  /** @param first what is shown to those who ask for a.example.test */
  const configuration = (origin: number, first: Issued = exact): object => ({
    _format_version: '3.0',
    services: [oneService(origin)],
    certificates: [
      { id: id(1), ...first, snis: [{ name: 'a.example.test' }] },
      { id: id(2), ...authority.issue('DNS:left.test'), snis: [{ name: '*.example.test' }] },
      { id: id(3), ...authority.issue('DNS:right.test'), snis: [{ name: 'example.*' }] },
      {
        id: id(4),
        cert: both.ec.cert,
        key: both.ec.key,
        cert_alt: both.rsa.cert,
        key_alt: both.rsa.key,
        snis: [{ name: 'both.test' }],
      },
      { id: id(5), ...authority.issueExpired('old.test'), snis: [{ name: 'old.test' }] },
    ],
  });

  const site = useSite({
    listen: '127.0.0.1:0 ssl http2',
    flags: ['--ssl-cert', paths[0], '--ssl-cert-key', paths[1]],
    config: configuration,
  });
  after(() => {
    authority.remove();
    files.remove();
  });

  const shown = (name?: string): Promise<string> => namesShown(site.gateway.proxyPort, name);
  const samples = async () =>
    parseMetrics(await (await site.gateway.fetchStatus('/metrics')).text());

  it('is that of the name itself before those of patterns, in whatever case it is asked for', async () => {
    assert.equal(await shown('a.example.test'), 'DNS:a.example.test');
    assert.equal(await shown('A.Example.TEST'), 'DNS:a.example.test');
  });

  it('is that of the pattern that fits, with the star on the left or on the right', async () => {
    assert.equal(await shown('b.example.test'), 'DNS:left.test');
    assert.equal(await shown('example.org'), 'DNS:right.test');
  });

  it("is the node's own where no name fits, and that is counted", async () => {
    const unknown = async (): Promise<number> =>
      total(await samples(), 'sluice_tls_handshakes_total', { server_name: 'unknown' });
    const before = await unknown();
    assert.equal(await shown('c.b.example.test'), 'DNS:node.test');
    assert.equal(await shown('nobody.test'), 'DNS:node.test');
    assert.equal(await shown(), 'DNS:node.test');
    await until('both are counted', async () => (await unknown()) === before + 2);
  });

  it('has the kind of key that the client can check', async () => {
    const { proxyPort } = site.gateway;
    const ask = async (algorithm: string): Promise<string> => {
      const words = ['-tls1_2', '-servername', 'both.test', '-sigalgs', algorithm];
      return (await sClient(proxyPort, words)).output;
    };
    assert.match(await ask('ECDSA+SHA256'), /Peer signature type: ECDSA/);
    assert.match(await ask('RSA+SHA256:RSA-PSS+SHA256'), /Peer signature type: RSA/);
  });

  it('has the kind of key that the ciphers of the client are for, whatever else it could check', async () => {
    const { proxyPort } = site.gateway;
    const ask = async (...words: string[]): Promise<string> =>
      (await sClient(proxyPort, ['-servername', 'both.test', ...words])).output;
    const rsa = ['-cipher', 'ECDHE-RSA-AES128-GCM-SHA256'];
    assert.match(await ask('-tls1_2', ...rsa), /Peer signature type: RSA/);
    // Suites of TLS 1.3 are for both.
    assert.match(await ask(...rsa), /Peer signature type: ECDSA/);
  });

  it('is shown though it has expired, and operators hear of it', async () => {
    const { output } = await sClient(site.gateway.proxyPort, ['-servername', 'old.test']);
    assert.match(output, /certificate has expired/);
    const { warnings } = (await site.gateway.status()) as unknown as { warnings: string[] };
    assert.match(warnings.join('\n'), /certificate \S+0005 \(CN=old\.test\) has expired on /);
    const expiries = (await samples()).filter(
      ({ name }) => name === 'sluice_certificate_expiry_timestamp_seconds',
    );
    assert.ok(expiries.some(({ value }) => value * 1000 < Date.now()));
  });

  it('is another one as soon as the configuration has one, and connections go on', async () => {
    await site.serve((exchange) => exchange.write(RESPONSE));
    const { gateway } = site;
    const socket = await connectTls(gateway.proxyPort, { servername: 'a.example.test' });
    const client = new RawClient(socket);
    assert.equal((await client.request(get('/'))).status, 200);
    const renewed = authority.issue('DNS:a.example.test', 'DNS:renewed.test');
    await gateway.reload(configuration(site.origin.port, renewed));
    assert.equal(await shown('a.example.test'), 'DNS:a.example.test, DNS:renewed.test');
    assert.equal((await client.request(get('/'))).status, 200);
    client.close();
    await gateway.reload(configuration(site.origin.port));
    assert.equal(await shown('a.example.test'), 'DNS:a.example.test');
  });

  it('stays what it was when its key is that of another one', async () => {
    const wrong = { cert: exact.cert, key: both.ec.key };
    await assert.rejects(
      site.gateway.reload(configuration(site.origin.port, wrong)),
      (error: Error) =>
        error instanceof ConfigurationRefused &&
        /certificate does not match key/.test(error.message),
    );
    assert.equal(await shown('a.example.test'), 'DNS:a.example.test');
    site.gateway.write(configuration(site.origin.port));
  });
});

function id(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}
