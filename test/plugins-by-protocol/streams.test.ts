import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { bundledPlugins } from '../../gateway/src/plugins/bundled.ts';
import type { Gateway } from '../support/gateway.ts';
import { within } from '../support/until.ts';
import { unusedPort } from '../support/unused-port.ts';
import { configOf, greet, StreamSite, streamService } from '../stream/stream-site.ts';

/** What comes of a stream on whose route a plugin is. */
type End =
  /** It passes: the plugin has no part in streams. */
  | 'passes'
  /** The plugin decides, here against the client. */
  | 'refused'
  /** The route is closed: the plugin might have to protect it, and cannot. */
  | 'closed';

/** Every plugin that may be configured for streams. */
const CELLS: Readonly<Record<string, { readonly config: object; readonly end: End }>> = {
  'ip-restriction': { config: { deny: ['127.0.0.1'] }, end: 'refused' },
  prometheus: { config: {}, end: 'passes' },
  'request-transformer': { config: {}, end: 'closed' },
  session: { config: {}, end: 'closed' },
};

const REASONS = { refused: 'plugin:', closed: 'plugin_not_supported' } as const;

describe('Plugins and streams', () => {
  const site = new StreamSite();
  const ports = new Map<string, number>();
  let gateway: Gateway;

  before(async () => {
    const upstream = await site.upstream(greet('hello'));
    for (const name of Object.keys(CELLS)) ports.set(name, await unusedPort());
    const services = Object.entries(CELLS).map(([name, { config }]) =>
      streamService(name, upstream.port, {
        destinations: [{ port: ports.get(name) }],
        plugins: [{ name, protocols: ['tcp'], config }],
      }),
    );
    const listen = [...ports.values()].map((port) => `127.0.0.1:${port}`).join(', ');
    gateway = await site.gateway(listen, configOf(...services));
  });

  it('are told of every plugin that may be for streams', () => {
    const open = [...bundledPlugins.values()].filter(
      ({ anyProtocol, protocols }) => anyProtocol === true || protocols.includes('tcp'),
    );
    assert.deepEqual(open.map(({ name }) => name).sort(), Object.keys(CELLS).sort());
  });

  for (const [name, { end }] of Object.entries(CELLS)) {
    it(`${name}: ${end}`, async () => {
      const client = await site.connect(ports.get(name) ?? 0);
      client.socket.on('error', () => undefined);
      const said = await within('an answer or the end', client.bytes.readSome('an answer'));
      client.socket.destroy();
      assert.equal(said?.toString() ?? null, end === 'passes' ? 'hello\n' : null);
      if (end === 'passes') return;
      const line = await gateway.accessLine(({ route_name }) => route_name === name);
      assert.equal(line['reason'], end === 'refused' ? REASONS.refused + name : REASONS[end]);
    });
  }
});
