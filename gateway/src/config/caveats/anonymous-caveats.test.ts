import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { entity, tablesWith } from '../../control/testing/entities.ts';
import { missingAnonymous } from './anonymous-caveats.ts';

describe('the caveats of anonymous consumers', () => {
  const guest = entity('consumers', { username: 'guest' });

  function basicAuth(anonymous: string, more: object = {}) {
    return entity('plugins', { name: 'basic-auth', config: { anonymous }, ...more });
  }

  it('name the plugins whose consumer is not there', () => {
    const tables = tablesWith({ consumers: [guest], plugins: [basicAuth('nobody')] });
    assert.deepEqual(
      missingAnonymous(tables).map(({ subject, message }) => [
        subject,
        message.replace(/\([-0-9a-f]{36}\)/, '(ID)'),
      ]),
      [
        [
          'plugins.config.anonymous: nobody',
          "there is no consumer with the id or username nobody: plugin 'basic-auth' (ID) answers 500 to requests without valid credentials, which are to go on as that consumer",
        ],
      ],
    );
  });

  it('are none where the consumer is there, by its name or id', () => {
    const plugins = [basicAuth('guest'), basicAuth(guest.id)];
    assert.deepEqual(missingAnonymous(tablesWith({ consumers: [guest], plugins })), []);
  });

  it('are none for plugins that are switched off', () => {
    const plugins = [basicAuth('nobody', { enabled: false })];
    assert.deepEqual(missingAnonymous(tablesWith({ plugins })), []);
  });
});
