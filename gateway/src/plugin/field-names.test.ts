import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FieldNames, unfitFieldName } from './field-names.ts';

describe('names of fields', () => {
  it('are kept in lower case, once each', () => {
    assert.deepEqual(new FieldNames(['X-A', 'x-a', 'X-B']).lower, ['x-a', 'x-b']);
  });

  it('tell whether Host or an identity is among them', () => {
    const host = new FieldNames(['X-A', 'HOST']);
    assert.deepEqual([host.haveHost, host.tellIdentity], [true, false]);
    const identity = new FieldNames(['X-Consumer-ID']);
    assert.deepEqual([identity.haveHost, identity.tellIdentity], [false, true]);
  });

  it('are refused where they are none or frame the message', () => {
    for (const name of ['', 'X A', 'X-A:', 'X-A\r\n', 'ż', 'Content-Length', 'upgrade']) {
      assert.throws(() => new FieldNames([name]), TypeError, name);
      assert.notEqual(unfitFieldName(name), undefined, name);
    }
    assert.deepEqual(new FieldNames(['Upgrade'], true).lower, ['upgrade']);
    assert.equal(unfitFieldName('X.a_b-1'), undefined);
  });
});
