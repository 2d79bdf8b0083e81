import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { validatorOf } from './validators.ts';

function addressOf(url: string): unknown {
  const result = validatorOf('services')({ url });
  if (!result.ok) return result.failures;
  const { protocol, host, port, path } = result.value;
  return { protocol, host, port, path };
}

describe('url of a service', () => {
  it('stands for protocol, host, port and path', () => {
    const base = { protocol: 'http', host: 'h.test' };
    assert.deepEqual(addressOf('http://h.test'), { ...base, port: 80, path: null });
    assert.deepEqual(addressOf('http://h.test:81/a/b'), { ...base, port: 81, path: '/a/b' });
    assert.deepEqual(addressOf('http://u:p@h.test/x?y#z'), { ...base, port: 80, path: '/x' });
    assert.deepEqual(addressOf('https://h.test/'), {
      protocol: 'https',
      host: 'h.test',
      port: 443,
      path: '/',
    });
    assert.deepEqual(addressOf('http://[::1]:82'), {
      protocol: 'http',
      host: '[::1]',
      port: 82,
      path: null,
    });
  });

  it('may name a unix socket, and behind a colon a path', () => {
    const base = { protocol: 'http', host: 'unix:/run/a.sock', port: 80 };
    assert.deepEqual(addressOf('http://unix:/run/a.sock'), { ...base, path: null });
    assert.deepEqual(addressOf('http://unix:/run/a.sock:/v1'), { ...base, path: '/v1' });
  });

  it('wins over the fields that it stands for', () => {
    const result = validatorOf('services')({ url: 'http://a.test', host: 'b.test', port: 5 });
    assert.ok(result.ok);
    assert.equal(result.value.host, 'a.test');
    assert.equal(result.value.port, 80);
  });

  it('is named as the place of what is wrong with its parts', () => {
    const result = validatorOf('services')({ url: 'http://h:99999' });
    assert.ok(!result.ok);
    assert.deepEqual(
      result.failures.map(({ path, at, message }) => ({ path, at, message })),
      [{ path: ['port'], at: ['url'], message: 'value should be between 0 and 65535' }],
    );
  });
});

describe('what a service says of TLS', () => {
  const ca = '00000000-0000-4000-8000-000000000001';
  const values = {
    tls_verify: true,
    tls_verify_depth: 1,
    ca_certificates: [ca],
    client_certificate: { id: ca },
  };

  for (const protocol of ['https', 'tls', 'grpcs']) {
    it(`is taken with the protocol ${protocol}`, () => {
      const result = validatorOf('services')({ protocol, host: 'h.test', ...values });
      assert.ok(result.ok);
    });
  }

  for (const protocol of ['http', 'grpc', 'tcp', 'udp', 'tls_passthrough']) {
    it(`is refused with the protocol ${protocol}`, () => {
      for (const [name, value] of Object.entries(values)) {
        const result = validatorOf('services')({ protocol, host: 'h.test', [name]: value });
        assert.ok(!result.ok);
        assert.ok(result.failures.some(({ path }) => path[0] === name));
      }
    });
  }
});
