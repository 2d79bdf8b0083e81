import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readJson } from './json.ts';

function read(text: string): ReturnType<typeof readJson> {
  return readJson(Buffer.from(text), 10);
}

describe('JSON', () => {
  it('never has an escaped name taken for one of an object before', () => {
    read('{"name":"a","ro\\\\u":1}');
    const value = read('{"name":"a","ro\\u006ce":"admin"}');
    if (typeof value === 'string') assert.equal(value, 'has a misleading name');
    else assert.deepEqual(value, { value: { name: 'a', role: 'admin' } });
  });

  it('may have names with escapes', () => {
    const text = '{"\\u00e9":[{"a\\"b":{"c\\n":1,"d":2}}]}';
    assert.deepEqual(read(text), { value: { é: [{ 'a"b': { 'c\n': 1, d: 2 } }] } });
  });
});
