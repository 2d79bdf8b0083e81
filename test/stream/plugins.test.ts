import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Gateway, GatewayOptions } from '../support/gateway.ts';
import { parseMetrics, total } from '../support/metrics.ts';
import { within } from '../support/until.ts';
import { unusedPort } from '../support/unused-port.ts';
import { configOf, greet, StreamSite, streamService } from './stream-site.ts';

/** Of which an instance of ip-restriction keeps clients out. */
const STRANGER = '127.0.0.2';

const denying = (deny: readonly string[], more: object = {}): object => ({
  name: 'ip-restriction',
  config: { deny },
  ...more,
});

describe('A plugin on a route for streams', () => {
  const site = new StreamSite();

  /** A gateway with one route, and plugins on it; and the connections that its service gets. */
  async function guarded(
    plugins: readonly object[],
    options: GatewayOptions & { readonly listen?: string } = {},
  ): Promise<{ gateway: Gateway; port: number; served: () => number }> {
    let served = 0;
    const upstream = await site.upstream((socket) => {
      served++;
      greet('hello')(socket);
    });
    const port = await unusedPort();
    const { listen = '', ...more } = options;
    const service = streamService('s', upstream.port, { destinations: [{ port }], plugins });
    const gateway = await site.gateway(`127.0.0.1:${port}${listen}`, configOf(service), more);
    return { gateway, port, served: () => served };
  }

  async function isRefused(port: number, from: string, first = ''): Promise<boolean> {
    const client = await site.connect(port, from);
    client.socket.on('error', () => undefined);
    if (first !== '') client.socket.write(first);
    const said = await within('an answer or the end', client.bytes.readSome('an answer'));
    client.socket.destroy();
    if (said !== null) assert.equal(said.toString(), 'hello\n');
    return said === null;
  }

  it('keeps a client out before the service hears of it, and lets others in', async () => {
    const { gateway, port, served } = await guarded([denying([STRANGER])]);
    assert.equal(await isRefused(port, STRANGER), true);
    assert.equal(served(), 0);
    assert.equal(await isRefused(port, '127.0.0.1'), false);
    assert.equal(served(), 1);
    const line = await gateway.accessLine(({ client_ip }) => client_ip === STRANGER);
    assert.deepEqual(
      [line['reason'], line['status'], line['ended_by'], line['tries'], line['upstream_address']],
      ['plugin:ip-restriction', 403, 'gateway', 0, null],
    );
    const metrics = parseMetrics(await (await gateway.fetchStatus('/metrics')).text());
    const reason = 'plugin:ip-restriction';
    assert.equal(total(metrics, 'sluice_stream_ends_total', { reason, by: 'gateway' }), 1);
  });

  it('goes by the client that a trusted proxy speaks for', async () => {
    const { port } = await guarded([denying(['203.0.113.0/24'])], {
      listen: ' proxy_protocol',
      flags: ['--trusted-ips', '127.0.0.1'],
    });
    const from = (ip: string): string => `PROXY TCP4 ${ip} 192.0.2.1 40000 ${port}\r\n`;
    assert.equal(await isRefused(port, '127.0.0.1', from('203.0.113.9')), true);
    assert.equal(await isRefused(port, '127.0.0.1', from('198.51.100.9')), false);
  });

  it('does nothing where it is for requests alone', async () => {
    const { port } = await guarded([denying([STRANGER], { protocols: ['http', 'https'] })]);
    assert.equal(await isRefused(port, STRANGER), false);
  });

  it('changes with a reload', async () => {
    const upstream = await site.upstream(greet('hello'));
    const port = await unusedPort();
    const config = (...plugins: readonly object[]): object =>
      configOf(streamService('s', upstream.port, { destinations: [{ port }], plugins }));
    const gateway = await site.gateway(`127.0.0.1:${port}`, config());
    assert.equal(await isRefused(port, STRANGER), false);
    await gateway.reload(config(denying([STRANGER])));
    assert.equal(await isRefused(port, STRANGER), true);
    await gateway.reload(config(denying([STRANGER], { protocols: ['http'] })));
    assert.equal(await isRefused(port, STRANGER), false);
    await gateway.reload(config(denying([STRANGER], { protocols: ['tcp'] })));
    assert.equal(await isRefused(port, STRANGER), true);
  });

  it('is the most specific of several, and global ones count', async () => {
    const upstream = await site.upstream(greet('hello'));
    const port = await unusedPort();
    const service = (plugins: readonly object[]): object =>
      streamService('s', upstream.port, { destinations: [{ port }], plugins });
    const global = { plugins: [denying([STRANGER])] };
    const gateway = await site.gateway(`127.0.0.1:${port}`, {
      ...configOf(service([])),
      ...global,
    });
    assert.equal(await isRefused(port, STRANGER), true);
    await gateway.reload({ ...configOf(service([denying(['10.0.0.1'])])), ...global });
    assert.equal(await isRefused(port, STRANGER), false);
  });

  it('closes its route where it can do nothing for streams', async () => {
    const { gateway, port, served } = await guarded([{ name: 'session', protocols: ['tcp'] }]);
    assert.equal(await isRefused(port, '127.0.0.1'), true);
    assert.equal(served(), 0);
    await gateway.accessLine(({ reason }) => reason === 'plugin_not_supported');
  });
});
