import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bundledPlugins } from '../../plugins/bundled.ts';
import { entity, tablesWith } from '../testing/entities.ts';
import { ConfigurationCaveats } from './configuration-caveats.ts';

const secure = entity('services', { name: 'secure', url: 'udp://h:1' });
const OPEN = { https: true, tcp: true, tls: true };
const cors = entity('plugins', { name: 'cors' });
const tables = tablesWith({ services: [secure], plugins: [cors] });

function caveats(ignored: boolean): string[] {
  const includes = ({ name }: { name: string }): boolean => !bundledPlugins.has(name);
  return new ConfigurationCaveats({ includes, ignored }, bundledPlugins, OPEN).in(tables);
}

describe('the caveats of a configuration', () => {
  it('say what is answered with 503', () => {
    const found = caveats(false);
    assert.equal(found.length, 2);
    assert.match(found[0] ?? '', /service 'secure' answers 503$/);
    assert.match(found[1] ?? '', /^plugin 'cors' cannot run .*: routes .* answer 503/);
  });

  it('say of plugins that are left out that they have no effect', () => {
    const [, plugin, ...others] = caveats(true);
    assert.match(plugin ?? '', /plugin 'cors' is one of Kong's .* is kept without effect$/);
    assert.deepEqual(others, []);
  });

  it('name the routes of streams that no listener takes', () => {
    const routeOf = (name: string, protocol: string) =>
      entity('routes', {
        name,
        protocols: [protocol],
        snis: protocol === 'tcp' ? null : ['a.test'],
        destinations: [{ port: 1 }],
      });
    const streams = tablesWith({ routes: [routeOf('plain', 'tcp'), routeOf('secret', 'tls')] });
    const none = { includes: () => false, ignored: false };
    const messages = (doors: typeof OPEN): string[] =>
      new ConfigurationCaveats(none, bundledPlugins, doors).in(streams);
    assert.deepEqual(messages(OPEN), []);
    assert.match(messages({ ...OPEN, tls: false }).join(), /route 'secret' is never reached$/);
    assert.match(messages({ ...OPEN, tcp: false }).join(), /route 'plain' is never reached$/);
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

  it('are none where everything is served', () => {
    const plain = tablesWith({ services: [entity('services', { name: 's', host: 'h' })] });
    const none = { includes: () => false, ignored: false };
    assert.deepEqual(new ConfigurationCaveats(none, bundledPlugins, OPEN).in(plain), []);
  });
});
