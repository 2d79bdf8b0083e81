import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { patchInput } from './client-input.ts';
import { presentEntity } from './present.ts';
import { chooseRouterFlavor } from './router-flavor.ts';
import { fieldTree } from './schema/failure.ts';
import type { Entity } from './tables.ts';
import { validatorOf } from './validators.ts';

const plugins = new Map();

function judged(input: Record<string, unknown>): Entity<'routes'> | object {
  const result = validatorOf('routes')(input);
  return result.ok ? result.value : fieldTree(result.failures);
}

function accepted(input: Record<string, unknown>): Entity<'routes'> {
  const result = validatorOf('routes')(input);
  if (!result.ok) assert.fail(JSON.stringify(result.failures));
  return result.value;
}

describe('routes where expressions are chosen', () => {
  beforeEach(() => chooseRouterFlavor('expressions'));

  it('may have one in place of all criteria', () => {
    const { expression, priority } = accepted({ expression: 'http.path ^= "/a"' });
    assert.deepEqual([expression, priority], ['http.path ^= "/a"', 0]);
    assert.equal(accepted({ paths: ['/a'] }).expression, null);
  });

  it('may not have one beside criteria', () => {
    assert.deepEqual(judged({ expression: 'http.path ^= "/a"', hosts: ['a.test'] }), {
      hosts: "cannot set 'hosts' when 'expression' is set",
    });
  });

  it('are told where an expression is wrong', () => {
    assert.deepEqual(judged({ expression: 'http.path = "/a"' }), {
      '@entity': [
        'Router Expression failed validation:  --> 1:11\n' +
          '  |\n1 | http.path = "/a"\n  |           ^---\n  |\n  = expected an operator',
      ],
    });
  });

  it('compare what their protocols have', () => {
    const stream = { protocols: ['tcp'], expression: 'net.dst.port == 5432' };
    assert.equal(accepted(stream).expression, 'net.dst.port == 5432');
    const tree = judged({ ...stream, expression: 'http.path ^= "/a"' });
    assert.match(JSON.stringify(tree), /http\.path is of requests, not of streams/);
  });

  it('have a priority of 46 bits', () => {
    const expression = 'http.path ^= "/"';
    assert.equal(accepted({ expression, priority: 2 ** 46 - 1 }).priority, 2 ** 46 - 1);
    for (const priority of [-1, 2 ** 46, 1.5]) {
      assert.ok('priority' in judged({ expression, priority }) && !('id' in judged({ priority })));
    }
  });

  it('show both fields', () => {
    const shown = presentEntity('routes', accepted({ paths: ['/'] }), { plugins });
    assert.deepEqual([shown['expression'], shown['priority']], [null, 0]);
  });
});

describe('routes where expressions are not chosen', () => {
  beforeEach(() => chooseRouterFlavor('traditional_compatible'));

  it('have no such fields', () => {
    assert.deepEqual(judged({ paths: ['/'], expression: 'http.path ^= "/"', priority: 1 }), {
      expression: 'unknown field',
      priority: 'unknown field',
    });
    const shown = presentEntity('routes', accepted({ paths: ['/'] }), { plugins });
    assert.ok(!('expression' in shown) && !('priority' in shown));
  });

  it('keep the expression that another node gave them', () => {
    chooseRouterFlavor('expressions');
    const stored = accepted({ expression: 'http.path ^= "/a"', priority: 7 });
    chooseRouterFlavor('traditional_compatible');
    const { expression, priority, tags } = accepted({
      ...patchInput('routes', stored, { tags: ['x'] }, plugins),
    });
    assert.deepEqual([expression, priority, tags], ['http.path ^= "/a"', 7, ['x']]);
  });
});
