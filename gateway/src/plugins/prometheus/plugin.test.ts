import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TestGateway, validConfig } from '../../plugin/testing/test-gateway.ts';
import { prometheus } from './plugin.ts';

describe('prometheus', () => {
  it('takes part in no phase, only asks for counting by consumer where it is told to', () => {
    const handlers = (config: object) => new TestGateway().configure(prometheus, config).handlers;
    assert.deepEqual(handlers({}), { countsByConsumer: false });
    assert.deepEqual(handlers({ per_consumer: true }), { countsByConsumer: true });
  });

  it('knows no field that this version of Kong does not have', () => {
    assert.throws(() => validConfig(prometheus, { wasm_metrics: true }), /unknown field/);
  });
});
