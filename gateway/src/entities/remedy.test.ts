import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { remedyFor } from './remedy.ts';
import { validatorOf } from './validators.ts';

describe('how to mend a field', () => {
  it('is not told of one that is missing where another asks for it', () => {
    const result = validatorOf('upstreams')({ name: 'u', hash_on: 'header' });
    assert.ok(!result.ok);
    assert.ok(result.failures.some(({ path }) => path[0] === 'hash_on_header'));
    assert.deepEqual(
      result.failures.map((failure) => remedyFor('upstreams', failure, null)),
      result.failures.map(() => undefined),
    );
  });

  it('tells which protocols have no path', () => {
    const result = validatorOf('services')({ host: 'h', protocol: 'grpc', path: '/x' });
    assert.ok(!result.ok);
    assert.deepEqual(
      result.failures.map((failure) => remedyFor('services', failure, '/x')),
      ["not where 'protocol' is 'tcp', 'tls', 'udp', 'grpc' or 'grpcs'", undefined],
    );
  });
});
