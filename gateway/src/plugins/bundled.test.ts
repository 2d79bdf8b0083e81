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

  it("runs Kong's at Kong's priorities", () => {
    const ofKong = [
      ['correlation-id', 100001],
      ['bot-detection', 2500],
      ['cors', 2000],
      ['exit-transformer', 9999],
      ['session', 1900],
      ['oauth2-introspection', 1700],
      ['mtls-auth', 1600],
      ['jwt', 1450],
      ['key-auth', 1250],
      ['basic-auth', 1100],
      ['openid-connect', 1050],
      ['hmac-auth', 1030],
      ['ip-restriction', 990],
      ['request-size-limiting', 951],
      ['acl', 950],
      ['rate-limiting', 910],
      ['standard-webhooks', 760],
      ['request-transformer', 801],
      ['response-transformer', 800],
      ['redirect', 779],
      ['prometheus', 13],
      ['request-termination', 2],
    ] as const;
    for (const [name, priority] of ofKong) {
      assert.equal(bundledPlugins.get(name)?.priority, priority, name);
    }
  });
});
