import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { knownPlugins } from '../../plugins/known.ts';
import { closestTo, toldPlugins } from '../../entities/plugin-relatives.ts';
import { idlePlugin, unknownPlugin } from './unknown-plugin.ts';

describe('A plugin that Sluice does not have', () => {
  it('is named with what comes closest where it is one of Kong Enterprise', () => {
    assert.deepEqual(unknownPlugin('jwt-signer', knownPlugins), {
      message:
        "plugin 'jwt-signer' is one of Kong Enterprise's that Sluice does not have; what comes closest is 'upstream-signature', then 'jwt'",
      unsupported: {
        group: 'plugin jwt-signer',
        instead: "what comes closest is 'upstream-signature', then 'jwt'",
        otherEdition: true,
      },
    });
    assert.equal(
      unknownPlugin('canary', knownPlugins).message,
      "plugin 'canary' is one of Kong Enterprise's that Sluice does not have",
    );
  });

  it('is named with what comes closest where Kong has it and it does not run', () => {
    assert.equal(
      idlePlugin('ldap-auth', knownPlugins),
      "plugin 'ldap-auth' is one of Kong's that Sluice does not run yet; what comes closest is 'external-auth'",
    );
    assert.equal(
      idlePlugin('pre-function', knownPlugins),
      "plugin 'pre-function' is one of Kong's that Sluice does not run yet; what comes closest is a plugin of your own (docs/guides/write-a-plugin.md)",
    );
  });

  it('is a mistake in the name where nobody has it', () => {
    assert.deepEqual(unknownPlugin('rate-limitng', knownPlugins), {
      message: "there is no plugin 'rate-limitng'",
      suggestion: 'rate-limiting',
    });
    assert.deepEqual(unknownPlugin('toString', knownPlugins), {
      message: "there is no plugin 'toString'",
    });
  });

  it('is none that runs', () => {
    const running = toldPlugins.filter((name) => {
      const schema = knownPlugins.get(name);
      return schema !== undefined && schema.schemaOnly !== true;
    });
    assert.deepEqual(running, []);
  });

  it('comes closest to nothing that does not run', () => {
    assert.equal(
      closestTo('oauth2', (name) => name === 'oauth2-introspection'),
      "what comes closest is 'oauth2-introspection'",
    );
    assert.equal(
      closestTo('oauth2', () => false),
      undefined,
    );
  });
});
