import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TestGateway, validConfig } from '../../plugin/testing/test-gateway.ts';
import { prometheus } from './plugin.ts';

describe('prometheus', () => {
  it('takes no part in requests', () => {
    assert.deepEqual(new TestGateway().configure(prometheus).handlers, {});
  });

  it('tells the node whether to count by consumer', () => {
    assert.equal((validConfig(prometheus, {}) as { per_consumer: boolean }).per_consumer, false);
  });

  it('knows no field that this version of Kong does not have', () => {
    assert.throws(() => validConfig(prometheus, { wasm_metrics: true }), /unknown field/);
  });
});
