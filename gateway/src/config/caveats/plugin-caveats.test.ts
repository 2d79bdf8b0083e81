import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { entity, tablesWith } from '../../control/testing/entities.ts';
import { trappedPlugins } from './plugin-caveats.ts';

describe('the caveats of plugins that hardly do what was meant', () => {
  function messagesOf(name: string, config: object, more: object = {}): string[] {
    const plugins = [entity('plugins', { name, config, ...more })];
    return trappedPlugins(tablesWith({ plugins })).map(({ message }) =>
      message.replace(/\([-0-9a-f]{36}\)/, '(ID)'),
    );
  }

  it('name the plugin and what is missing', () => {
    assert.deepEqual(messagesOf('key-auth', { key_names: [] }), [
      "without key_names there is no place for a key: plugin 'key-auth' (ID) refuses every request, or takes it for one of the anonymous consumer",
    ]);
    assert.deepEqual(messagesOf('request-size-limiting', { allowed_payload_size: -1 }), [
      "no body is shorter than nothing: plugin 'request-size-limiting' (ID) refuses every request that has a body; 0 says the same more clearly",
    ]);
    assert.equal(messagesOf('hmac-auth', { algorithms: [] }).length, 1);
    const nowhere = { key_in_header: false, key_in_query: false, key_in_body: false };
    assert.equal(messagesOf('key-auth', nowhere).length, 1);
    const noNames = { header_names: [], uri_param_names: [], cookie_names: [] };
    assert.equal(messagesOf('jwt', noNames).length, 1);
  });

  it('name templates that nothing closes', () => {
    const adding = (header: string): object => ({ add: { headers: [header] } });
    assert.deepEqual(messagesOf('request-transformer', adding('x-id:$(headers.id')), [
      "a template that begins with $( and has no ) is text like any other: plugin 'request-transformer' (ID) sends it on as it is written",
    ]);
    assert.deepEqual(messagesOf('request-transformer', adding('x-id:$(headers.id)')), []);
    assert.deepEqual(messagesOf('request-transformer', adding('x-id:(a) $5')), []);
  });

  it('are none for what may let something pass, and for what is switched off', () => {
    assert.deepEqual(messagesOf('key-auth', { key_names: ['k'], key_in_header: false }), []);
    assert.deepEqual(messagesOf('request-size-limiting', { allowed_payload_size: 0 }), []);
    assert.deepEqual(messagesOf('jwt', { header_names: [], uri_param_names: ['jwt'] }), []);
    assert.deepEqual(messagesOf('key-auth', { key_names: [] }, { enabled: false }), []);
  });
});
