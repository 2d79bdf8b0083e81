import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { bundledPlugins } from './bundled.ts';

describe('bundledPlugins', () => {
  it('has every plugin that has a folder, under its own name', () => {
    const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    assert.deepEqual([...bundledPlugins.keys()].sort(), folders.sort());
    for (const [name, plugin] of bundledPlugins) assert.equal(plugin.name, name);
  });

  it("runs them in Kong's order", () => {
    const order = [...bundledPlugins.values()].sort((a, b) => b.priority - a.priority);
    assert.deepEqual(
      order.map(({ name, priority }) => [name, priority]),
      [
        ['correlation-id', 100001],
        ['key-auth', 1250],
        ['acl', 950],
        ['rate-limiting', 910],
        ['prometheus', 13],
        ['request-termination', 2],
      ],
    );
  });
});
