import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ValueError } from './kinds.ts';
import { cidrList, fieldName } from './network-kinds.ts';

describe('trusted addresses', () => {
  it('become blocks', () => {
    assert.deepEqual(cidrList().parse('10.0.0.0/8, 192.168.0.1,fe80::/10,::1'), [
      '10.0.0.0/8',
      '192.168.0.1/32',
      'fe80::/10',
      '::1/128',
    ]);
    assert.deepEqual(cidrList().parse(''), []);
    assert.deepEqual(cidrList().parse('UNIX:'), ['unix:']);
  });

  for (const text of ['10.0.0.0/33', '::/129', '10.0.0', 'localhost', '10.0.0.0/', '1.1.1.1/8/8']) {
    it(`refuse "${text}"`, () => assert.throws(() => cidrList().parse(text), ValueError));
  }
});

describe('the name of a field', () => {
  it('becomes lower-case', () => assert.equal(fieldName().parse('X-Real-IP'), 'x-real-ip'));

  it('holds no space or colon', () => {
    assert.throws(() => fieldName().parse('X Real'), { message: 'is not a field name' });
    assert.throws(() => fieldName().parse('x-real-ip:'), { message: 'is not a field name' });
  });

  it('is not that of the PROXY protocol, which Kong would take', () => {
    assert.throws(() => fieldName().parse('proxy_protocol'), { message: /give the listener/ });
  });
});
