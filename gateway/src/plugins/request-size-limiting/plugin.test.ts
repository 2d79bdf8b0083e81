import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TestGateway } from '../../plugin/testing/test-gateway.ts';
import type { RequestInit } from '../../plugin/testing/test-request.ts';
import { requestSizeLimiting } from './plugin.ts';

async function statusOf(config: object, request: RequestInit): Promise<number> {
  const gateway = new TestGateway();
  const plugin = gateway.configure(requestSizeLimiting, config);
  return (await gateway.send([plugin], { method: 'POST', ...request })).response.status;
}

const fiveBytes = { allowed_payload_size: 5, size_unit: 'bytes' };

describe('request-size-limiting', () => {
  it('lets bodies up to the limit pass, and no longer ones', async () => {
    assert.equal(await statusOf(fiveBytes, { body: '12345' }), 200);
    assert.equal(await statusOf(fiveBytes, { body: '123456' }), 413);
    assert.equal(await statusOf(fiveBytes, {}), 200);
  });

  it('says what is wrong, and does not ask the service', async () => {
    const gateway = new TestGateway();
    const plugin = gateway.configure(requestSizeLimiting, fiveBytes);
    const ex = await gateway.send([plugin], { method: 'POST', body: '123456' });
    assert.match(ex.response.body, /"message":"Request size limit exceeded"/);
    assert.equal(ex.upstreamRequest, null);
  });

  it('answers 417 to those who ask first', async () => {
    const headers = { Expect: '100-Continue' };
    assert.equal(await statusOf(fiveBytes, { body: '123456', headers }), 417);
    assert.equal(await statusOf(fiveBytes, { body: '12345', headers }), 200);
  });

  it('takes 1024 bytes for a kilobyte, and 1024 kilobytes for a megabyte', async () => {
    for (const [size_unit, bytes] of [
      ['kilobytes', 1024],
      ['megabytes', 1024 * 1024],
    ] as const) {
      const config = { allowed_payload_size: 1, size_unit };
      assert.equal(await statusOf(config, { body: 'x'.repeat(bytes) }), 200);
      assert.equal(await statusOf(config, { body: 'x'.repeat(bytes + 1) }), 413);
    }
  });

  it('never reads a body', async () => {
    const gateway = new TestGateway();
    const plugin = gateway.configure(requestSizeLimiting, fiveBytes);
    const ex = await gateway.send([plugin], { method: 'POST', body: '123456' });
    assert.equal(ex.request.bodyReads, 0);
  });

  it('decides by the number of bytes alone, whatever limit and body are', async () => {
    const limit = fc.integer({ min: -3, max: 40 });
    await fc.assert(
      fc.asyncProperty(limit, fc.string(), async (allowed_payload_size, body) => {
        const status = await statusOf({ allowed_payload_size, size_unit: 'bytes' }, { body });
        const { length } = Buffer.from(body);
        assert.equal(status, length > allowed_payload_size ? 413 : 200);
      }),
      { seed: 20261127, numRuns: 300 },
    );
  });
});

describe('request-size-limiting with require_content_length', () => {
  const config = { ...fiveBytes, require_content_length: true };

  it('answers 411 to a request that does not tell its length', async () => {
    assert.equal(await statusOf(config, { method: 'GET' }), 411);
    assert.equal(await statusOf(config, { headers: { 'Content-Length': '0' } }), 200);
  });

  it('takes chunks, which it counts', async () => {
    const headers = { 'Transfer-Encoding': 'chunked' };
    assert.equal(await statusOf(config, { headers, body: '123' }), 200);
    assert.equal(await statusOf(config, { headers, body: '123456' }), 413);
  });
});
