import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bundledPlugins } from '../../plugins/bundled.ts';
import { listenList } from '../../settings/listen-kinds.ts';
import type { Listen } from '../../settings/node-settings.ts';
import { entity, tablesWith } from '../testing/entities.ts';
import { ConfigurationCaveats } from './configuration-caveats.ts';
import { doorsOf } from './doors.ts';

function listen(text: string): readonly Listen[] {
  return listenList('ssl', 'http2', 'proxy_protocol').parse(text);
}

const secure = entity('services', { name: 'secure', url: 'udp://h:1' });
const OPEN = doorsOf({
  proxyListen: listen('127.0.0.1:1 ssl'),
  streamListen: listen('[::]:1,[::]:2 ssl'),
});
const unserved = entity('plugins', { name: 'grpc-web' });
const tables = tablesWith({ services: [secure], plugins: [unserved] });

function caveats(ignored: boolean): string[] {
  const includes = ({ name }: { name: string }): boolean => !bundledPlugins.has(name);
  return new ConfigurationCaveats({ includes, ignored }, bundledPlugins, OPEN).in(tables);
}

function streamCaveats(listeners: string, ...routes: Record<string, unknown>[]): string[] {
  const tables = tablesWith({ routes: routes.map((route) => entity('routes', route)) });
  const none = { includes: () => false, ignored: false };
  const doors = doorsOf({ proxyListen: [], streamListen: listen(listeners) });
  return new ConfigurationCaveats(none, bundledPlugins, doors).in(tables);
}

describe('the caveats of a configuration', () => {
  it('say what is answered with 503', () => {
    const found = caveats(false);
    assert.equal(found.length, 2);
    assert.match(found[0] ?? '', /service 'secure' answers 503$/);
    assert.match(found[1] ?? '', /^plugin 'grpc-web' cannot run .*: routes .* answer 503/);
  });

  it('say of plugins that are left out that they have no effect', () => {
    const [, plugin, ...others] = caveats(true);
    assert.match(plugin ?? '', /plugin 'grpc-web' is one of Kong's .* is kept without effect$/);
    assert.deepEqual(others, []);
  });

  it('name the routes of streams whose protocols no listener takes', () => {
    const secret = { name: 'secret', protocols: ['tls'], snis: ['a.test'] };
    const plain = { name: 'plain', protocols: ['tcp'], sources: [{ ip: '10.0.0.0/8' }] };
    assert.deepEqual(streamCaveats('[::]:1,[::]:2 ssl', secret, plain), []);
    assert.match(streamCaveats('[::]:1', secret, plain).join(), /route 'secret' is never reached$/);
    assert.match(
      streamCaveats('[::]:2 ssl', secret, plain).join(),
      /route 'plain' is never reached$/,
    );
  });

  it('name the routes for requests whose service takes streams', () => {
    const streams = entity('services', { name: 'db', protocol: 'tcp', host: 'h' });
    const web = entity('services', { name: 'web', host: 'h' });
    const routes = [
      entity('routes', { name: 'lost', paths: ['/'], service: { id: streams.id } }),
      entity('routes', { name: 'good', paths: ['/'], service: { id: web.id } }),
      entity('routes', {
        name: 'raw',
        protocols: ['tcp'],
        destinations: [{ port: 1 }],
        service: { id: streams.id },
      }),
    ];
    const none = { includes: () => false, ignored: false };
    const found = new ConfigurationCaveats(none, bundledPlugins, OPEN).in(
      tablesWith({ services: [streams, web], routes }),
    );
    assert.deepEqual(found, [
      "a service of tcp, tls or tls_passthrough answers no requests: route 'lost' takes requests for one, and answers 503 to them",
    ]);
  });

  for (const [listeners, destination] of [
    ['127.0.0.1:28111', { port: 1 }],
    ['127.0.0.1:28111', { ip: '192.0.2.1', port: 28_111 }],
    ['127.0.0.1:28111', { ip: '10.0.0.0/8' }],
    ['127.0.0.1:28111,127.0.0.1:1 ssl', { port: 1 }],
    ['unix:/run/streams.sock', { port: 5432 }],
    ['unix:/run/streams.sock', { ip: '127.0.0.1' }],
  ] as const) {
    const wanted = JSON.stringify(destination);
    it(`name a route whose destination ${wanted} no connection to ${listeners} has`, () => {
      const route = { name: 'r', protocols: ['tcp'], destinations: [destination] };
      const [message, ...others] = streamCaveats(listeners, route);
      assert.match(
        message ?? '',
        /^no listener of --stream-listen .*: route 'r' is never reached$/,
      );
      assert.deepEqual(others, []);
    });
  }

  for (const [listeners, destination] of [
    ['127.0.0.1:28111', { port: 28_111 }],
    ['127.0.0.1:28111', { ip: '127.0.0.0/8' }],
    ['[::1]:28111', { ip: '0:0::1' }],
    ['[0:0::1]:28111', { ip: '::1' }],
    ['[0::0]:28111', { ip: '2001:db8::1' }],
    ['0.0.0.0:28111', { ip: '192.0.2.1' }],
    ['[::]:28111', { ip: '192.0.2.1', port: 28_111 }],
    ['db.internal:28111', { ip: '192.0.2.1' }],
    ['127.0.0.1:0', { port: 1 }],
    ['127.0.0.1:28111 proxy_protocol', { ip: '192.0.2.1', port: 1 }],
    ['127.0.0.1:1,127.0.0.1:2', { port: 2 }],
  ] as const) {
    const wanted = JSON.stringify(destination);
    it(`do not name a route whose destination ${wanted} connections to ${listeners} may have`, () => {
      const route = { name: 'r', protocols: ['tcp'], destinations: [{ port: 9 }, destination] };
      assert.deepEqual(streamCaveats(listeners, route), []);
    });
  }

  it('name plugins that are meant to take longer bodies than the node holds', () => {
    const plugins = [
      { name: 'request-transformer', config: { max_body_size: 2_000_001 } },
      { name: 'request-transformer', enabled: false, config: { max_body_size: 2_000_001 } },
      { name: 'response-transformer', config: { max_body_size: 2_000_000 } },
      { name: 'key-auth' },
    ].map((plugin) => entity('plugins', plugin));
    const none = { includes: () => false, ignored: false };
    const found = new ConfigurationCaveats(none, bundledPlugins, OPEN, 2_000_000);
    const [message, ...others] = found.in(tablesWith({ plugins }));
    assert.match(
      message ?? '',
      /^a thread of this node holds bodies of 2000000 bytes together \(--max-held-bodies\): plugin 'request-transformer' \(.*\) takes no longer ones, whatever its max_body_size$/,
    );
    assert.deepEqual(others, []);
  });

  it('are none where everything is served', () => {
    const plain = tablesWith({ services: [entity('services', { name: 's', host: 'h' })] });
    const none = { includes: () => false, ignored: false };
    assert.deepEqual(new ConfigurationCaveats(none, bundledPlugins, OPEN).in(plain), []);
  });
});
