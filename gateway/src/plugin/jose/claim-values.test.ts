import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { claimAt, nameIn, namesIn } from './claim-values.ts';

describe('claim values', () => {
  it('are found by a path through objects alone', () => {
    const claims = { realm_access: { roles: ['a'] }, list: [{ roles: 1 }], text: 'x' };
    assert.deepEqual(claimAt(claims, ['realm_access', 'roles']), ['a']);
    assert.equal(claimAt(claims, ['list', '0']), undefined);
    assert.equal(claimAt(claims, ['text', 'length']), undefined);
    assert.equal(claimAt(claims, ['realm_access', 'toString']), undefined);
    assert.equal(claimAt(claims, ['__proto__']), undefined);
    assert.equal(claimAt(claims, []), undefined);
  });

  it('are names where they are texts or numbers', () => {
    assert.equal(nameIn('ada'), 'ada');
    assert.equal(nameIn(7), '7');
    for (const other of ['', true, null, undefined, ['a'], {}]) assert.equal(nameIn(other), null);
  });

  it('are lists in both forms', () => {
    assert.deepEqual(namesIn(' a  b'), ['a', 'b']);
    assert.deepEqual(namesIn(['a b', 5, '', 'c']), ['a b', 'c']);
    assert.deepEqual(namesIn({ a: 1 }), []);
  });
});
