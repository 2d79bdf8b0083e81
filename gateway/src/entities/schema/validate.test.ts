import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fieldTree } from './failure.ts';
import { f } from './field.ts';
import { compileSchema, type Schema } from './validate.ts';

function check(schema: Schema, value: unknown): unknown {
  const result = compileSchema(schema)(value);
  return result.ok ? result.value : fieldTree(result.failures);
}

describe('compileSchema', () => {
  it('gives every field, in the order of the schema, with defaults', () => {
    const fields = {
      a: f.string(),
      b: f.integer({ default: 5 }),
      c: f.record({ d: f.boolean({ default: true }), e: f.string() }, { required: true }),
      g: f.record({ h: f.boolean({ default: true }) }),
    };
    const result = check({ fields }, { b: 7 });
    assert.equal(JSON.stringify(result), '{"a":null,"b":7,"c":{"d":true,"e":null},"g":null}');
  });

  it('does not fill in a default for an explicit null', () => {
    const fields = { a: f.integer({ default: 5 }), b: f.integer({ default: 5, required: true }) };
    assert.deepEqual(check({ fields }, { a: null, b: 1 }), { a: null, b: 1 });
    assert.deepEqual(check({ fields }, { b: null }), { b: 'required field missing' });
  });

  it('reports everything that is wrong at once', () => {
    const fields = {
      name: f.string({ required: true }),
      size: f.integer({ between: [1, 9] }),
      list: f.array(f.string()),
    };
    assert.deepEqual(check({ fields }, { size: 10, list: ['ok', 1, ''], more: 1 }), {
      name: 'required field missing',
      size: 'value should be between 1 and 9',
      list: [null, 'expected a string', 'length must be at least 1'],
      more: 'unknown field',
    });
  });

  it('suggests the nearest name for an unknown field, apart from the message', () => {
    const result = compileSchema({ fields: { retries: f.integer() } })({ retires: 1 });
    assert.ok(!result.ok);
    assert.deepEqual(result.failures, [
      { path: ['retires'], message: 'unknown field', rule: 'unknown', suggestion: 'retries' },
    ]);
  });

  it('drops repeated values of a set and keeps those of an array', () => {
    const fields = { set: f.set(f.string()), array: f.array(f.string()) };
    const value = { set: ['a', 'b', 'a'], array: ['a', 'b', 'a'] };
    assert.deepEqual(check({ fields }, value), { set: ['a', 'b'], array: ['a', 'b', 'a'] });
  });

  it('takes an empty object for an empty list and an empty list for a record', () => {
    const fields = { list: f.array(f.string()), record: f.record({ a: f.string() }) };
    assert.deepEqual(check({ fields }, { list: {}, record: [] }), {
      list: [],
      record: { a: null },
    });
  });

  it('reports what is wrong with a value of a map as wrong with the map, and keeps the place', () => {
    const result = compileSchema({ fields: { m: f.map(f.string(), f.array(f.string())) } })({
      m: { ok: ['a'], bad: ['a', 1] },
    });
    assert.ok(!result.ok);
    assert.deepEqual(result.failures, [
      { path: ['m', 1], at: ['m', 'bad', 1], message: 'expected a string', rule: 'type' },
    ]);
  });

  it('does not let a map change the prototype of the result', () => {
    const value = JSON.parse('{"m":{"__proto__":"x"}}') as unknown;
    const result = check({ fields: { m: f.map(f.string(), f.string()) } }, value);
    const { m } = result as { m: object };
    assert.equal(Object.getPrototypeOf(m), Object.prototype);
    assert.deepEqual(Object.keys(m), ['__proto__']);
  });

  it('fills in what the gateway makes itself, anew for every value', () => {
    const fields = { id: f.string({ uuid: true, auto: true }), key: f.string({ auto: true }) };
    const first = check({ fields }, {}) as { id: string; key: string };
    const second = check({ fields }, { id: null }) as { id: string; key: string };
    assert.match(first.id, /^[0-9a-f-]{36}$/);
    assert.match(first.key, /^[A-Za-z0-9]{32}$/);
    assert.notEqual(first.id, second.id);
    assert.notEqual(first.key, second.key);
  });

  it('makes generated values inside of a default record anew, too', () => {
    const fields = { r: f.record({ key: f.string({ auto: true }) }, { required: true }) };
    const keyOf = (): string => (check({ fields }, {}) as { r: { key: string } }).r.key;
    assert.notEqual(keyOf(), keyOf());
  });

  it('shares frozen defaults between values', () => {
    const validate = compileSchema<{ a: readonly string[] }>({
      fields: { a: f.array(f.string(), { default: ['x'] }) },
    });
    const [first, second] = [validate({}), validate({})];
    assert.ok(first.ok && second.ok);
    assert.equal(first.value.a, second.value.a);
    assert.ok(Object.isFrozen(first.value.a));
  });
});

describe('shorthands', () => {
  const host = { field: f.string(), translate: (h: string) => ({ 'redis.host': h }) };
  const fields = { redis: f.record({ host: f.string(), port: f.integer({ default: 1 }) }) };
  const shorthands = { redis_host: { ...host, replaced_with: [['redis', 'host']] } };

  it('translate an old field into its place', () => {
    assert.deepEqual(check({ fields, shorthands }, { redis_host: 'r' }), {
      redis: { host: 'r', port: 1 },
    });
  });

  it('must not contradict the field that replaced them', () => {
    const same = { redis_host: 'r', redis: { host: 'r' } };
    assert.deepEqual(check({ fields, shorthands }, same), { redis: { host: 'r', port: 1 } });
    assert.deepEqual(check({ fields, shorthands }, { redis_host: 'r', redis: { host: 's' } }), {
      redis_host:
        'both deprecated and new field are used but their values mismatch: redis_host = "r" vs redis.host = "s"',
    });
  });

  it('leave the input as it was', () => {
    const input = { redis_host: 'r', redis: { port: 2 } };
    check({ fields, shorthands }, input);
    assert.deepEqual(input, { redis_host: 'r', redis: { port: 2 } });
  });
});

describe('rules over several fields', () => {
  const text = f.string();
  const fields = { a: text, b: text, c: text };

  it('are reported under @entity', () => {
    const cases = [
      [{ at_least_one_of: ['a', 'b'] }, {}, 'at least one of these fields must be non-empty'],
      [
        { only_one_of: ['a', 'b'] },
        { a: 'x', b: 'y' },
        'exactly one of these fields must be non-empty',
      ],
      [
        { mutually_exclusive: ['a', 'b'] },
        { a: 'x', b: 'y' },
        'only one or none of these fields must be set',
      ],
      [{ mutually_required: ['a', 'b'] }, { a: 'x' }, 'all or none of these fields must be set'],
      [{ distinct: ['a', 'b'] }, { a: 'x', b: 'x' }, 'values of these fields must be distinct'],
    ] as const;
    for (const [rule, input, message] of cases) {
      const expected = { '@entity': [`${message}: 'a', 'b'`] };
      assert.deepEqual(check({ fields, checks: [rule] }, input), expected);
    }
  });

  it('hold when their fields are as they should be', () => {
    const checks = [
      { at_least_one_of: ['a', 'b'] },
      { only_one_of: ['a', 'b'] },
      { mutually_required: ['a', 'c'] },
      { mutually_exclusive_sets: { set1: ['a'], set2: ['b'] } },
    ];
    assert.deepEqual(check({ fields, checks }, { a: 'x', c: 'y' }), { a: 'x', b: null, c: 'y' });
  });

  it('name the field at fault as well when they are conditional', () => {
    const conditional = {
      if_field: 'a',
      if_match: { eq: 'on' },
      then_field: 'b',
      then_match: { required: true },
    };
    assert.deepEqual(check({ fields, checks: [{ conditional }] }, { a: 'on' }), {
      b: 'required field missing',
      '@entity': ["failed conditional validation given value of field 'a'"],
    });
    assert.deepEqual(check({ fields, checks: [{ conditional }] }, {}), {
      a: null,
      b: null,
      c: null,
    });
  });

  it('say nothing about a field whose type is already wrong', () => {
    const checks = [{ at_least_one_of: ['r.x', 'r.y'] }];
    const record = { r: f.record({ x: f.string(), y: f.string() }, { required: true }) };
    assert.deepEqual(check({ fields: record, checks }, { r: 'text' }), { r: 'expected a record' });
  });

  it('in code are skipped while a field that they read is wrong', () => {
    const checks = [{ reads: ['a'], custom: () => ({ field: 'b', message: 'never' }) }];
    assert.deepEqual(check({ fields, checks }, { a: 1 }), { a: 'expected a string' });
  });
});
