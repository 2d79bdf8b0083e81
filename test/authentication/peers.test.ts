import assert from 'node:assert/strict';
import { once } from 'node:events';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { TestPeer } from '../../gateway/src/plugin/peer/testing/test-peer.ts';
import { Authority, type Issued } from '../support/authority.ts';
import { get } from '../support/message.ts';
import { parseMetrics, total } from '../support/metrics.ts';
import { useSite } from '../support/site.ts';
import { until } from '../support/until.ts';

/** A server of https that lets everything pass. */
async function startSecure(issued: Issued): Promise<{ url: string; stop: () => void }> {
  const server = https.createServer(issued, (_request, response) => void response.end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}/`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('Servers that plugins ask', () => {
  const known = new Authority('Known');
  const unknown = new Authority('Unknown');
  let peer: TestPeer;
  let secure: Awaited<ReturnType<typeof startSecure>>;
  let strange: typeof secure;

  const site = useSite({
    workers: 2,
    env: { NODE_EXTRA_CA_CERTS: known.file },
    prepare: async () => {
      peer = await TestPeer.start((_request, response) => void response.end());
      secure = await startSecure(known.issue('IP:127.0.0.1'));
      strange = await startSecure(unknown.issue('IP:127.0.0.1'));
    },
    config: (port) => {
      const route = (name: string, url: string, config: object = {}): object => ({
        ...{ name, paths: [`/${name}`] },
        plugins: [{ name: 'external-auth', config: { url, timeout: 1000, ...config } }],
      });
      return {
        _format_version: '3.0',
        services: [
          {
            name: 'origin',
            url: `http://127.0.0.1:${port}`,
            routes: [
              route('plain', peer.url('/')),
              route('open', peer.url('/'), { on_failure: 'open' }),
              route('secure', secure.url),
              route('strange', strange.url),
              route('unverified', strange.url, { ssl_verify: false }),
            ],
          },
        ],
      };
    },
  });
  before(() => site.serve());
  after(async () => {
    await peer.stop();
    secure.stop();
    strange.stop();
    known.remove();
    unknown.remove();
  });

  const status = async (route: string): Promise<number> =>
    (await site.fetch(get(`/${route}`, 'Connection: close'))).status;
  async function counted(name: string, labels: Record<string, string>): Promise<number> {
    const samples = parseMetrics(await (await site.gateway.fetchStatus('/metrics')).text());
    return total(samples, name, { plugin: 'external-auth', peer: peer.name, ...labels });
  }

  it('have to prove over https who they are', async () => {
    assert.equal(await status('secure'), 200);
    assert.equal(await status('strange'), 503);
    await site.gateway.logged(/cannot be relied on: the connection failed: [A-Z_]*(SIGN|CERT)/);
    assert.equal(await status('unverified'), 200);
  });

  it('are missed while they are away, counted, and used again when they are back', async () => {
    assert.equal(await status('plain'), 200);
    await peer.stop();
    for (let i = 0; i < 20; i++) {
      assert.equal(await status('plain'), 503);
      assert.equal(await status('open'), 200);
    }
    const fallbacks = 'sluice_plugin_peer_fallbacks_total';
    assert.equal(await counted(fallbacks, { decision: 'closed' }), 20);
    assert.equal(await counted(fallbacks, { decision: 'open' }), 20);
    const calls = 'sluice_plugin_peer_calls_total';
    assert.ok((await counted(calls, { outcome: 'no_connection' })) > 0);
    assert.ok((await counted(calls, { outcome: 'resting' })) > 0);
    const told = site.gateway.output.split(`"peer":"${peer.name}"`).length - 1;
    assert.ok(told >= 1 && told <= 4, `once for each route and thread, not ${told} times`);

    await peer.restart();
    await until('the service is asked again', async () => (await status('plain')) === 200);
    assert.ok((await counted(calls, { outcome: 'answered' })) >= 2);
  });

  it('that do not answer hold no request longer than they may', async () => {
    const { answer } = peer;
    peer.answer = () => undefined;
    const began = performance.now();
    const statuses = await Promise.all(Array.from({ length: 300 }, () => status('plain')));
    assert.ok(statuses.every((one) => one === 503));
    assert.ok(performance.now() - began < 10_000);
    assert.ok((await counted('sluice_plugin_peer_calls_total', { outcome: 'timeout' })) > 0);
    peer.answer = answer;
    await until('the service is asked again', async () => (await status('plain')) === 200);
  });
});
