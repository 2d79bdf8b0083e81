import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bundledPlugins } from '../../plugins/bundled.ts';
import { entity, tablesWith } from '../testing/entities.ts';
import { ConfigurationCaveats, type CaveatRules } from './configuration-caveats.ts';

const secure = entity('services', { name: 'secure', url: 'https://h' });
const cors = entity('plugins', { name: 'cors' });
const tables = tablesWith({ services: [secure], plugins: [cors] });

function rules(ignored: boolean): CaveatRules {
  return { blocks: ({ name }) => !bundledPlugins.has(name), ignored, running: bundledPlugins };
}

function caveats(ignored: boolean): string[] {
  return new ConfigurationCaveats(rules(ignored)).in(tables);
}

describe('the caveats of a configuration', () => {
  it('say what is answered with 503', () => {
    const found = caveats(false);
    assert.equal(found.length, 2);
    assert.match(found[0] ?? '', /service 'secure' answers 503$/);
    assert.match(found[1] ?? '', /^plugin 'cors' cannot run .*: routes .* answer 503/);
  });

  it('say of plugins that are left out that they have no effect, and what other nodes do', () => {
    const [, plugin, elsewhere, ...others] = caveats(true);
    assert.match(plugin ?? '', /plugin 'cors' is one of Kong's .* is kept without effect$/);
    assert.match(elsewhere ?? '', /answer 503 on every node that is not started with --allow/);
    assert.deepEqual(others, []);
  });

  it('of a new route are those of the plugins that would run on it', () => {
    const plain = entity('services', { name: 'plain', host: 'h' });
    const bound = entity('plugins', { name: 'cors', service: { id: plain.id } });
    const current = tablesWith({ services: [plain, secure], plugins: [bound] });
    const of = (service: string): string[] => {
      const route = entity('routes', { paths: ['/r'], service: { id: service } });
      const change = { table: 'routes', id: route.id, before: null, after: route } as const;
      return new ConfigurationCaveats(rules(true)).of([change], current);
    };
    assert.match(of(plain.id).join(), /plugin 'cors' .* without effect.*answer 503 on every node/);
    assert.doesNotMatch(of(secure.id).join(), /cors/);
  });

  it('are none where everything is served', () => {
    const plain = tablesWith({ services: [entity('services', { name: 's', host: 'h' })] });
    assert.deepEqual(new ConfigurationCaveats(rules(false)).in(plain), []);
  });
});
