import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { luaProblem } from './syntax.ts';

function problemOf(source: string): string | undefined {
  return luaProblem(source)?.replace(/^\[string ".*"\]:/s, '');
}

describe('luaProblem', () => {
  it('finds nothing wrong with what is right', () => {
    for (const source of [
      '',
      'return 1',
      'return function() kong.response.set_header("x", 1) end',
      'local a <const> = 1'.replace(' <const>', ''),
      'local function f(a, ...) return select("#", ...) end',
      'for i = 1, 10, 2 do if i % 2 == 0 then break end end',
      'for k, v in pairs({ a = 1, ["b"] = 2; 3 }) do t[k].x, y = v, not k end',
      'while true do repeat local x = -2 ^ 3 .. "a" until x end',
      'goto done ::done:: do end; ;',
      'a.b:c"text"{1}[[long\n text]](...)',
      '--[==[ a\ncomment ]==] return 0xFF + 1e3 + .5 + 10ULL -- and one more',
      "return 'a\\'b\\x41\\065\\z \n c'",
      '#!/usr/bin/lua\nreturn ...',
    ]) {
      assert.equal(luaProblem(source), undefined, source);
    }
  });

  it('says what LuaJIT says', () => {
    const cases = [
      ['this is not lua', "1: '=' expected near 'is'"],
      ['not lua at all', "1: unexpected symbol near 'not'"],
      ['return +', "1: unexpected symbol near '+'"],
      ['if x then\n y()\n', "3: 'end' expected (to close 'if' at line 1) near '<eof>'"],
      ['if x then', "1: 'end' expected near '<eof>'"],
      ['f(', "1: unexpected symbol near '<eof>'"],
      ['local 1', "1: <name> expected near '1'"],
      ['x = "abc', "1: unfinished string near '<eof>'"],
      ['x = 12ab', "1: malformed number near '12ab'"],
      ['for x do end', "1: '=' or 'in' expected near 'do'"],
      ['return 1 return 2', "1: '<eof>' expected near 'return'"],
      ['end', "1: '<eof>' expected near 'end'"],
      ['function f() return ... end', "1: cannot use '...' outside a vararg function near '...'"],
      ['a:b', "1: function arguments expected near '<eof>'"],
      ['(a)', "1: syntax error near '<eof>'"],
      ['x = [[long', "1: unfinished long string near '<eof>'"],
      ['x = "\\q"', "1: invalid escape sequence near '\"\\'"],
    ] as const;
    for (const [source, expected] of cases) assert.equal(problemOf(source), expected, source);
  });

  it('calls a piece of Lua by its first line, shortened', () => {
    assert.equal(luaProblem('x y\nz'), "[string \"x y...\"]:1: '=' expected near 'y'");
    assert.ok(luaProblem(`y z${' '.repeat(100)}`)?.includes(`"y z${' '.repeat(42)}..."`));
  });

  it('does not follow nesting without end', () => {
    for (const deep of ['('.repeat(100_000), `x = ${'{'.repeat(100_000)}`, 'do '.repeat(100_000)]) {
      assert.match(problemOf(deep) ?? '', /too many syntax levels/);
    }
  });

  it('gives an answer to every text', () => {
    const word = fc.constantFrom(
      ...['x', '1', '"', "'", '[[', ']]', '(', ')', '{', '}', '=', ',', '.', '...', '--', '\\'],
      ...['function', 'end', 'if', 'then', 'for', 'in', 'do', 'local', 'return', '\n', ' '],
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), (words) => {
        const problem = luaProblem(words.join(' '));
        assert.ok(problem === undefined || problem.startsWith('[string "'));
      }),
      { numRuns: 500 },
    );
  });
});
