import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AdminError } from '../endpoint.ts';
import { parseJson } from './json.ts';

describe('JSON bodies', () => {
  it('are records', () => {
    assert.deepEqual(parseJson('{"a":[1,null,{"b":"ü"}]}'), { a: [1, null, { b: 'ü' }] });
  });

  it('that are lists are the records that Lua would see', () => {
    assert.deepEqual(parseJson('[]'), {});
    assert.deepEqual(parseJson('["a"]'), { 1: 'a' });
  });

  it('are refused when they are anything else', () => {
    for (const text of ['', '{', 'null', '5', '"text"', 'true', '{"a":1,}', '{"a":1} x']) {
      assert.throws(() => parseJson(text), AdminError, text);
    }
  });

  it('are refused when a text is no text', () => {
    assert.throws(() => parseJson('{"name":"\\ud800"}'), AdminError);
    assert.throws(() => parseJson('{"\\udc00":1}'), AdminError);
    assert.deepEqual(parseJson('{"name":"\\ud83d\\ude00"}'), { name: '😀' });
  });

  it('are refused when they are nested too deeply', () => {
    for (const depth of [101, 100_000]) {
      const text = `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
      assert.throws(() => parseJson(text), AdminError, `depth ${depth}`);
    }
  });
});
