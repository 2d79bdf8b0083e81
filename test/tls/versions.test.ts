import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseMetrics, total } from '../support/metrics.ts';
import { sClient } from '../support/openssl.ts';
import { useSite, type Site } from '../support/site.ts';
import { fetchTls } from '../support/tls-client.ts';
import { until } from '../support/until.ts';

const RESPONSE = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

async function failures(site: Site, reason: string): Promise<number> {
  const text = await (await site.gateway.fetchStatus('/metrics')).text();
  return total(parseMetrics(text), 'sluice_tls_handshake_failures_total', { reason });
}

/** Runs `attempt`, which must be counted as a failed handshake for `reason`. */
async function counted(
  site: Site,
  reason: string,
  attempt: () => Promise<{ output: string }>,
): Promise<string> {
  const before = await failures(site, reason);
  const { output } = await attempt();
  await until(
    `a failure is counted as ${reason}`,
    async () => (await failures(site, reason)) > before,
  );
  return output;
}

describe('The intermediate profile', () => {
  const site = useSite({ listen: '127.0.0.1:0 ssl' });
  const client = (...words: string[]) => sClient(site.gateway.proxyPort, words);

  it('takes TLS 1.3 and 1.2, with forward secrecy and ciphers that authenticate', async () => {
    assert.match((await client()).output, /New, TLSv1\.3, Cipher is TLS_/);
    assert.match(
      (await client('-tls1_2')).output,
      /New, TLSv1\.2, Cipher is ECDHE-ECDSA-AES(128|256)-GCM/,
    );
  });

  it('refuses older versions with an alert', async () => {
    const words = ['-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0'];
    const output = await counted(site, 'version', () => client(...words));
    assert.match(output, /alert protocol version/);
  });

  it('refuses ciphers without forward secrecy, and those of older kinds', async () => {
    for (const cipher of ['AES128-GCM-SHA256', 'ECDHE-ECDSA-AES128-SHA']) {
      const output = await counted(site, 'cipher', () => client('-tls1_2', '-cipher', cipher));
      assert.match(output, /alert handshake failure/);
    }
  });

  it('does not let a client renegotiate, and serves the others', async () => {
    const { output } = await sClient(site.gateway.proxyPort, ['-tls1_2'], 'R\n');
    assert.match(output, /no renegotiation/);
    await site.serve((exchange) => exchange.write(RESPONSE));
    assert.equal((await fetchTls(site.gateway.proxyPort)).status, 200);
  });
});

describe('The modern profile', () => {
  const site = useSite({
    listen: '127.0.0.1:0 ssl',
    flags: ['--ssl-cipher-suite', 'modern'],
  });

  it('speaks TLS 1.3 only', async () => {
    const { proxyPort } = site.gateway;
    assert.match((await sClient(proxyPort)).output, /New, TLSv1\.3/);
    const output = await counted(site, 'version', () => sClient(proxyPort, ['-tls1_2']));
    assert.match(output, /alert protocol version/);
  });
});
