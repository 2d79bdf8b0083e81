import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { withoutMember } from './json-member.ts';

describe('withoutMember', () => {
  it('removes a member wherever it stands', () => {
    assert.equal(withoutMember('{"k":1,"x":2}', 'k'), '{"x":2}');
    assert.equal(withoutMember('{"x":2,"k":1}', 'k'), '{"x":2}');
    assert.equal(withoutMember('{"k":1}', 'k'), '{}');
  });

  it('keeps every byte of what stays', () => {
    assert.equal(
      withoutMember('{ "n": 12345678901234567890, "k": "v",\n "e": 1.0 }', 'k'),
      '{ "n": 12345678901234567890,\n "e": 1.0 }',
    );
  });

  it('removes a name that is repeated or escaped', () => {
    assert.equal(withoutMember('{"k":1,"\\u006b":2,"x":3}', 'k'), '{"x":3}');
  });

  it('leaves members of nested objects alone', () => {
    assert.equal(withoutMember('{"a":{"k":1},"b":[{"k":2}]}', 'k'), '{"a":{"k":1},"b":[{"k":2}]}');
  });

  it('is not misled by punctuation inside strings', () => {
    assert.equal(withoutMember('{"a":"},\\"k\\":{","k":"\\\\"}', 'k'), '{"a":"},\\"k\\":{"}');
  });

  it('agrees with parsing, deleting and writing for any object', () => {
    const object = fc.dictionary(fc.constantFrom('k', 'a', '"', '\\', 'é', ''), fc.jsonValue(), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(object, fc.constantFrom(0, 2), (value, indent) => {
        const expected: Record<string, unknown> = { ...value };
        delete expected['k'];
        const text = withoutMember(JSON.stringify(value, null, indent), 'k');
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(expected)));
      }),
    );
  });
});
