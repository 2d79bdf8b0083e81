import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { knownPlugins } from '../plugins/known.ts';
import { typedFromForm } from './form.ts';

describe('typedFromForm', () => {
  it('gives texts the types of their fields', () => {
    const form = { name: '5', port: '8080', retries: ' 0x10 ', enabled: 'false', path: '' };
    assert.deepEqual(typedFromForm('services', form, knownPlugins), {
      name: '5',
      port: 8080,
      retries: 16,
      enabled: false,
      path: null,
    });
  });

  it('leaves what cannot be read to validation', () => {
    const form = { port: 'abc', enabled: 'yes', nope: '1' };
    assert.deepEqual(typedFromForm('services', form, knownPlugins), form);
  });

  it('takes a single text for a list of one', () => {
    assert.deepEqual(typedFromForm('routes', { paths: '/a', tags: '' }, knownPlugins), {
      paths: ['/a'],
      tags: null,
    });
  });

  it('looks into records, lists and maps', () => {
    const form = {
      headers: { 'x-v': '1' },
      sources: [{ ip: '10.0.0.1', port: '80' }],
    };
    assert.deepEqual(typedFromForm('routes', form, knownPlugins), {
      headers: { 'x-v': ['1'] },
      sources: [{ ip: '10.0.0.1', port: 80 }],
    });
  });

  it('knows the configuration of a plugin, old names included', () => {
    const form = { name: 'rate-limiting', config: { minute: '5', redis_port: '99' } };
    assert.deepEqual(typedFromForm('plugins', form, knownPlugins), {
      name: 'rate-limiting',
      config: { minute: 5, redis_port: 99 },
    });
  });

  it('reads how long a key lives as a number', () => {
    assert.deepEqual(typedFromForm('keyauth_credentials', { ttl: '500' }, knownPlugins), {
      ttl: 500,
    });
  });

  it('cannot be used to reach the prototype of anything', () => {
    const form = JSON.parse('{"__proto__": {"polluted": "1"}, "toString": "x"}') as object;
    const typed = typedFromForm('services', { ...form }, knownPlugins);
    assert.equal(Object.getPrototypeOf(typed), Object.prototype);
    assert.equal((typed as { polluted?: unknown }).polluted, undefined);
  });
});
