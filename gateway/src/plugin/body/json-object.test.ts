import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { JsonObject } from './json-object.ts';

const NAMES = new Set(['k', 'z', 'é', '"']);

function changed(text: string, change: (object: JsonObject) => void): string {
  const object = JsonObject.read(Buffer.from(text), NAMES);
  assert.ok(object !== undefined, `no object: ${text}`);
  change(object);
  return object.bytes().toString();
}

describe('A JSON object', () => {
  const without = (text: string): string => changed(text, (object) => object.remove('k'));

  it('is none where the text is something else', () => {
    for (const text of ['', '[{"k":1}]', '"k"', 'null', '{bad', '{"k":1}}', '1']) {
      assert.equal(JsonObject.read(Buffer.from(text), NAMES), undefined, text);
    }
  });

  it('loses a member wherever that stands', () => {
    assert.equal(without('{"k":1,"x":2}'), '{"x":2}');
    assert.equal(without('{"x":2,"k":1}'), '{"x":2}');
    assert.equal(without('{"k":1}'), '{}');
    assert.equal(without('{}'), '{}');
  });

  it('keeps every byte of what stays', () => {
    assert.equal(
      without('{ "n": 12345678901234567890, "k": "v",\n "e": 1.0 }'),
      '{ "n": 12345678901234567890,\n "e": 1.0 }',
    );
    const broken = Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]);
    assert.deepEqual(JsonObject.read(broken, NAMES)?.bytes(), broken);
  });

  it('loses a member whose name is repeated or escaped', () => {
    assert.equal(without('{"k":1,"\\u006b":2,"x":3}'), '{"x":3}');
  });

  it('keeps members of nested objects', () => {
    assert.equal(without('{"a":{"k":1},"b":[{"k":2}]}'), '{"a":{"k":1},"b":[{"k":2}]}');
  });

  it('is not misread for punctuation inside strings', () => {
    assert.equal(without('{"a":"},\\"k\\":{","k":"\\\\"}'), '{"a":"},\\"k\\":{"}');
  });

  it('has a member renamed in its place, and replaces what had the new name', () => {
    const rename = (text: string) => changed(text, (object) => object.rename('k', 'z'));
    assert.equal(rename('{"a":1,"k": 2 ,"b":3}'), '{"a":1,"z": 2 ,"b":3}');
    assert.equal(rename('{"z":1,"k":2}'), '{"z":2}');
    assert.equal(rename('{"z":1}'), '{"z":1}');
    assert.equal(rename('{"k":1,"k":2}'), '{"z":2}');
  });

  it('has a member set in its place, or at its end', () => {
    const set = (text: string) => changed(text, (object) => object.set('é', '"ü"'));
    assert.equal(set('{"é":1,"b":3}'), '{"é":"ü","b":3}');
    assert.equal(set('{"b":3}'), '{"b":3,"é":"ü"}');
    assert.equal(set(' { } '), ' {"é":"ü"} ');
  });

  it('has a value appended to what is there', () => {
    const append = (text: string) => changed(text, (object) => object.append('k', '"9"'));
    assert.equal(append('{"k":"o","c":3}'), '{"k":["o","9"],"c":3}');
    assert.equal(append('{"c":3}'), '{"c":3,"k":["9"]}');
    assert.equal(append('{"k":["x"]}'), '{"k":["x","9"]}');
    assert.equal(append('{"k": [ ] }'), '{"k":["9"]}');
    assert.equal(append('{"k":{"a":1}}'), '{"k":[{"a":1},"9"]}');
  });

  it('is what parsing, changing and writing makes of it, whatever is in it', () => {
    const name = fc.constantFrom('k', 'z', 'é', 'a', '\t', '', '€');
    const object = fc.dictionary(name, fc.jsonValue(), { noNullPrototype: true });
    const known = fc.constantFrom(...NAMES);
    const step = fc.oneof(
      known.map((k) => ['remove', k] as const),
      fc.tuple(fc.constant('rename' as const), known, known),
      fc.tuple(fc.constant('set' as const), known, fc.jsonValue()),
      fc.tuple(fc.constant('append' as const), known, fc.jsonValue()),
    );
    fc.assert(
      fc.property(object, fc.array(step), fc.constantFrom(0, 2), (value, steps, indent) => {
        const expected = JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
        const text = changed(JSON.stringify(value, null, indent), (members) => {
          for (const each of steps) apply(each, members, expected);
        });
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(expected)));
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it('that is deep or has many members takes time in proportion', () => {
    const deep = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)},"k":1}`;
    assert.equal(without(deep).length, deep.length - 6);
    const wide = `{${'"a":1,'.repeat(150_000)}"k":1}`;
    assert.equal(without(wide).length, wide.length - 6);
  });
});

type Step =
  | readonly ['remove', string]
  | readonly ['rename', string, string]
  | readonly ['set' | 'append', string, unknown];

function apply(step: Step, members: JsonObject, expected: Record<string, unknown>): void {
  switch (step[0]) {
    case 'remove':
      members.remove(step[1]);
      delete expected[step[1]];
      return;
    case 'rename': {
      const [, from, to] = step;
      members.rename(from, to);
      if (from === to || !Object.hasOwn(expected, from)) return;
      expected[to] = expected[from];
      delete expected[from];
      return;
    }
    case 'set':
      members.set(step[1], JSON.stringify(step[2]));
      expected[step[1]] = step[2];
      return;
    case 'append': {
      const [, name, value] = step;
      members.append(name, JSON.stringify(value));
      const before = Object.hasOwn(expected, name) ? expected[name] : [];
      expected[name] = Array.isArray(before) ? [...(before as unknown[]), value] : [before, value];
    }
  }
}
