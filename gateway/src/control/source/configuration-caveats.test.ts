import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bundledPlugins } from '../../plugins/bundled.ts';
import { entity, tablesWith } from '../testing/entities.ts';
import { ConfigurationCaveats } from './configuration-caveats.ts';

const secure = entity('services', { name: 'secure', url: 'https://h' });
const cors = entity('plugins', { name: 'cors' });
const tables = tablesWith({ services: [secure], plugins: [cors] });

function caveats(ignored: boolean): string[] {
  const includes = ({ name }: { name: string }): boolean => !bundledPlugins.has(name);
  return new ConfigurationCaveats({ includes, ignored }, bundledPlugins).in(tables);
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

  it('are none where everything is served', () => {
    const plain = tablesWith({ services: [entity('services', { name: 's', host: 'h' })] });
    const none = { includes: () => false, ignored: false };
    assert.deepEqual(new ConfigurationCaveats(none, bundledPlugins).in(plain), []);
  });
});
