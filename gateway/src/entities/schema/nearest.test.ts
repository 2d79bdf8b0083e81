import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nearest } from './nearest.ts';

describe('nearest', () => {
  const names = ['retries', 'protocol', 'port', 'path', 'host', 'read_timeout', 'write_timeout'];

  it('finds the name that was meant', () => {
    assert.equal(nearest('retires', names), 'retries');
    assert.equal(nearest('Port', names), 'port');
    assert.equal(nearest('readtimeout', names), 'read_timeout');
    assert.equal(nearest('protocl', names), 'protocol');
    assert.equal(nearest('hots', names), 'host');
  });

  it('finds nothing when no name is near', () => {
    assert.equal(nearest('banana', names), undefined);
    assert.equal(nearest('x', names), undefined);
    assert.equal(nearest('', names), undefined);
  });
});
