import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileRegex, regexProblem } from './regex.ts';

function matches(source: string, input: string): boolean {
  return compileRegex(source).matcher(input).find();
}

describe('compileRegex', () => {
  it('reads named groups in both spellings', () => {
    for (const source of ['/(?<id>[0-9]+)', '/(?P<id>[0-9]+)']) {
      const matcher = compileRegex(source).matcher('/42');
      assert.equal(matcher.find(), true);
      assert.equal(matcher.group('id'), '42');
    }
  });

  it('reads Unicode escapes in every spelling', () => {
    for (const source of ['\\u0041', '\\u{41}', '\\U00000041', '\\x41', '[\\u{41}]']) {
      assert.equal(matches(`^${source}$`, 'A'), true, source);
    }
  });

  it('drops the flag that is on anyway', () => {
    assert.equal(matches('(?iu)ÄB', 'äb'), true);
    assert.equal(matches('(?u)a', 'a'), true);
    assert.equal(matches('(?u:a)b', 'ab'), true);
  });

  it('keeps brackets that are members of a class', () => {
    assert.equal(matches('^[]a]+$', ']a'), true);
    assert.equal(matches('^[^]a]$', 'b'), true);
    assert.equal(matches('^[[:alpha:]_]+$', 'ab_'), true);
    assert.equal(matches('^[\\[\\]]+$', '[]'), true);
  });

  it('refuses what this engine would read differently', () => {
    for (const source of ['[a-z&&[^b]]', '[\\w--a]', '[a[b]]', '(?-u)a', '(?x) a', '\\Qa.b\\E']) {
      assert.match(regexProblem(source) ?? '', /not supported/, source);
    }
  });

  it('refuses look-around and backreferences', () => {
    for (const source of ['a(?=b)', '(?<=a)b', '(a)\\1']) {
      assert.notEqual(regexProblem(source), undefined, source);
    }
  });

  it('says what is wrong', () => {
    assert.equal(regexProblem('/(unclosed'), 'missing closing ): `/(unclosed`');
    assert.equal(regexProblem('/fine'), undefined);
  });
});
