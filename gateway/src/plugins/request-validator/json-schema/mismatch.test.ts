import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkSchema, SchemaCompiler } from './compiler.ts';
import type { Schema } from './read-schema.ts';

const check = (schema: Schema, value: unknown) =>
  new SchemaCompiler('draft202012').compile(schema)(value, 1)[0];

describe('what is said of a value that does not fit', () => {
  it('names the member that is too much', () => {
    assert.deepEqual(check({ additionalProperties: false }, { sku: 1 }), {
      path: '',
      message: 'must NOT have additional properties: "sku"',
    });
    assert.deepEqual(check({ unevaluatedProperties: false }, { sku: 1 }), {
      path: '',
      message: 'must NOT have unevaluated properties: "sku"',
    });
  });

  it('names the values that would be right', () => {
    assert.equal(
      check({ enum: ['small', 'large', 3] }, 'huge')?.message,
      'must be equal to one of the allowed values: "small", "large", 3',
    );
    assert.equal(check({ const: true }, 1)?.message, 'must be equal to constant: true');
  });

  it('stays short, whatever a client calls its members and a schema lists', () => {
    const name = 'n'.repeat(10_000);
    const message = check({ additionalProperties: false }, { [name]: 1 })?.message;
    assert.match(message ?? '', /^must NOT have additional properties: "n{99}…$/);
    assert.match(
      check({ enum: Array.from({ length: 5000 }, (_, index) => index) }, 'x')?.message ?? '',
      /: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …$/,
    );
  });

  it('says of a schema what a keyword may have', () => {
    assert.throws(() => checkSchema({ type: 'strin' }, 'draft7', ''), {
      message:
        'at /type: must be equal to one of the allowed values: "array", "boolean", "integer", "null", "number", "object", "string"',
    });
  });
});
