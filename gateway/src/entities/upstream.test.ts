import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { validatorOf } from './validators.ts';

function stored(input: Record<string, unknown>): unknown {
  const result = validatorOf('upstreams')({ name: 'u', ...input });
  if (!result.ok) return result.failures;
  const { algorithm, hash_on } = result.value;
  return [algorithm, hash_on];
}

describe('upstreams', () => {
  it('keep algorithm and hash_on in agreement', () => {
    assert.deepEqual(stored({ hash_on: 'ip' }), ['consistent-hashing', 'ip']);
    assert.deepEqual(stored({ algorithm: 'round-robin', hash_on: 'ip' }), [
      'consistent-hashing',
      'ip',
    ]);
    assert.deepEqual(stored({ algorithm: 'consistent-hashing' }), ['round-robin', 'none']);
    assert.deepEqual(stored({ algorithm: 'least-connections', hash_on: 'ip' }), [
      'least-connections',
      'none',
    ]);
  });
});

describe('targets', () => {
  it('are stored with port, IPv6 written out', () => {
    const upstream = { id: '00000000-0000-4000-8000-000000000001' };
    for (const [given, kept] of [
      ['a.test', 'a.test:8000'],
      ['A.test:80', 'A.test:80'],
      ['10.0.0.1', '10.0.0.1:8000'],
      ['::2', '[0000:0000:0000:0000:0000:0000:0000:0002]:8000'],
    ]) {
      const result = validatorOf('targets')({ upstream, target: given });
      assert.ok(result.ok);
      assert.equal(result.value.target, kept);
    }
  });
});
