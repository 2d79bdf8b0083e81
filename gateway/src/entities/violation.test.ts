import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Failure } from './schema/failure.ts';
import { schemaViolation } from './violation.ts';

function failure(message: string, ...path: (string | number)[]): Failure {
  return { path, message, rule: 'check' };
}

function messageOf(...failures: Failure[]): string {
  return schemaViolation(failures).message;
}

describe('schemaViolation', () => {
  it('names the field of a single mistake', () => {
    assert.deepEqual(schemaViolation([failure('required field missing', 'host')]), {
      code: 2,
      name: 'schema violation',
      message: 'schema violation (host: required field missing)',
      fields: { host: 'required field missing' },
    });
  });

  it('takes names that objects have by themselves for names like any other', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const { message, fields } = schemaViolation([failure('unknown field', name)]);
      assert.equal(message, `schema violation (${name}: unknown field)`);
      assert.equal(JSON.stringify(fields), `{"${name}":"unknown field"}`);
      const deep = schemaViolation([failure('wrong', 'headers', name, 0)]);
      assert.equal(JSON.stringify(deep.fields), `{"headers":{"${name}":["wrong"]}}`);
    }
    assert.equal(({} as Record<number, unknown>)[0], undefined);
  });

  it('counts several, what is wrong with the whole first, then fields by name', () => {
    const found = [failure('b', 'zz'), failure('c', 'aa'), failure('a', '@entity')];
    assert.equal(messageOf(...found), '3 schema violations (a; aa: c; zz: b)');
  });

  it('names the field of a record and the place in a list, from 1', () => {
    assert.equal(
      messageOf(failure('x', 'config', 'minute')),
      'schema violation (config.minute: x)',
    );
    assert.equal(messageOf(failure('x', 'tags', 1)), 'schema violation (tags.2: x)');
    assert.equal(
      messageOf(failure('x', 'config', '@entity')).split('\n')[0],
      'schema violation (config.@entity: {',
    );
  });

  it('prints what lies deeper as Lua would', () => {
    const found = [
      failure('unknown field', 'config', 'redis', 'end'),
      failure('expected an integer', 'config', 'redis', 'port'),
      failure('one', 'config', 'redis', '@entity'),
    ];
    assert.equal(
      messageOf(...found),
      `schema violation (config.redis: {
  ["@entity"] = {
    "one"
  },
  ["end"] = "unknown field",
  port = "expected an integer"
})`,
    );
  });

  it('numbers a list from its first gap on', () => {
    const found = [failure('x', 'config', 'allow', 0), failure('say "y"', 'config', 'allow', 2)];
    assert.equal(
      messageOf(...found),
      'schema violation (config.allow: {\n  "x",\n  [3] = "say \\"y\\""\n})',
    );
  });
});
