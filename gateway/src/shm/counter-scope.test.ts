import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SharedCounterTable, createCounterMemory } from './counter-table.ts';

const counters = (): SharedCounterTable => new SharedCounterTable(createCounterMemory(32));
const thing = (id: string) => ({ id, idLow: 0, idHigh: 0 });

describe('scopes of counters', () => {
  it('know what has an id by that id, the first time and ever after', () => {
    const scope = counters().scope('a');
    const counted = thing('some id');
    const keys = [scope.of(counted), scope.of(counted), scope.of(thing('some id'))];
    for (const key of keys) assert.deepEqual(key, scope.ofText('some id'));
  });

  it('know by other keys what another scope has counted before', () => {
    const table = counters();
    const counted = thing('some id');
    const [a, b] = [table.scope('a').of(counted), table.scope('b').of(counted)];
    assert.notDeepEqual(a, b);
    assert.deepEqual(b, table.scope('b').ofText('some id'));
  });

  it('of one name have the same keys in all threads', () => {
    const memory = createCounterMemory(32);
    const [a, b] = [new SharedCounterTable(memory), new SharedCounterTable(memory)];
    assert.deepEqual(a.scope('x').ofText('y'), b.scope('x').ofText('y'));
  });

  it('of another table have other keys', () => {
    const [a, b] = [counters().scope('x'), counters().scope('x')];
    assert.notDeepEqual(a.ofText('y'), b.ofText('y'));
  });
});
