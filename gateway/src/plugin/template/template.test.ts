import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RenderError } from './template-error.ts';
import { Template, templateProblem } from './template.ts';
import { fromValues, tableOf, type Scope, type Value } from './value.ts';

const VARIABLES = ['headers', 'query_params'];

const headers: Readonly<Record<string, Value>> = {
  x: 'hi',
  'x-y': 'dash',
  number: '42',
  many: fromValues(['a', 'b']),
  flag: true,
};

const scope: Scope = {
  variable: (name) =>
    name === 'headers'
      ? tableOf('headers', (key) => headers[key] ?? null)
      : tableOf('query_params', () => null),
};

const render = (text: string): string => Template.parse(text, VARIABLES).render(scope);

describe('A template', () => {
  it('without an expression is itself', () => {
    for (const text of ['', 'a b', '$', '$x', '($)', '# for x', '100$', 'ü']) {
      assert.equal(Template.parse(text, VARIABLES).constant, text);
    }
  });

  const cases: readonly (readonly [string, string])[] = [
    ['$(headers.x)', 'hi'],
    ['a$(headers.x)b$(headers.x)', 'ahibhi'],
    ['$( headers . x )', 'hi'],
    ['$(headers["x-y"])', 'dash'],
    ["$(headers['x-y'])", 'dash'],
    ['$(headers[("x" .. "-y")])', 'dash'],
    ['$(headers.none)', ''],
    ['[$(nil)$(false)$(true)$(12)$(1.5)$(-3)]', '[true121.5-3]'],
    ['$(headers.flag)', 'true'],
    ['$(headers.none or "d")', 'd'],
    ['$(headers.none or query_params.x or "d")', 'd'],
    ['$(headers.x or "d")', 'hi'],
    ['$(headers.x and "yes" or "no")', 'yes'],
    ['$(headers.none and "yes" or "no")', 'no'],
    ['$(not headers.none)', 'true'],
    ['$(not not headers.none)', ''],
    ['$(headers.x == "hi" and "same")', 'same'],
    ['$(headers.x ~= "hi" and "other")', ''],
    ['$("Bearer " .. headers.x .. "!")', 'Bearer hi!'],
    ['$(1 .. 2)', '12'],
    ['$("a)b" .. \'"\')', 'a)b"'],
    ['$("\\n\\t\\"\\\\")', '\n\t"\\'],
    ['$(headers.many)', 'a, b'],
    ['$(headers.many[2])', 'b'],
    ['$(headers.many[3])', ''],
    ['$(headers.x[1])', ''],
    ['$(headers.x.deep)', ''],
    ['$(type(headers.many) == "table" and headers.many[1] or headers.many)', 'a'],
    ['$(string.upper(headers.x))', 'HI'],
    ['$(headers.x:upper():lower())', 'hi'],
    ['$(string.len(headers.x))', '2'],
    ['$(string.sub(headers.number, 2))', '2'],
    ['$(string.sub("abcdef", 2, -2))', 'bcde'],
    ['$(("abcdef"):sub(-3))', 'def'],
    ['$(("abc"):sub(0, 99))', 'abc'],
    ['$(("abc"):sub(3, 2))', ''],
    ['$(tostring(nil) .. tostring(false) .. tostring(1))', 'nilfalse1'],
    ['$(tonumber("42") == 42)', 'true'],
    ['$(tonumber("x") or "none")', 'none'],
  ];
  for (const [text, expected] of cases) {
    it(`is filled in: ${text}`, () => assert.equal(render(text), expected));
  }

  it('is filled in with what may stand there', () => {
    const template = Template.parse('a b=$("c d")', VARIABLES);
    assert.equal(template.render(scope, encodeURIComponent), 'a b=c%20d');
  });

  it('is split at a sign outside of its expressions', () => {
    const [before, after] = Template.parse('/$("?")/x?a=$(headers.x)?', VARIABLES).split('?') ?? [];
    assert.equal(before?.render(scope), '/?/x');
    assert.equal(after?.render(scope), 'a=hi?');
    assert.equal(Template.parse('/x', VARIABLES).split('?'), null);
  });

  const failing: readonly (readonly [string, RegExp])[] = [
    ['$(headers.none.deep)', /'deep' of what is not there, in the template '\$\(headers/],
    ['$("a" .. headers.none)', /what is joined with \.\. is not there/],
    ['$("a" .. true)', /is a boolean/],
    ['$(string.upper(headers.none))', /what a function of texts was given is not there/],
    ['$(("a"):sub("x"))', /a place in a text must be a number/],
  ];
  for (const [text, message] of failing) {
    it(`cannot be filled in: ${text}`, () => {
      assert.throws(
        () => render(text),
        (error) => error instanceof RenderError && message.test(error.message),
      );
    });
  }
});

describe('A template in which nothing closes the bracket', () => {
  it('is text, as in Kong', () => {
    assert.equal(render('a$(headers.x'), 'a$(headers.x');
    assert.equal(render('$("a")$('), 'a$(');
  });
});

describe('A template that is wrong', () => {
  const cases: readonly (readonly [string, number, string])[] = [
    ['$(headers.x $(1)', 13, "expected ')' behind the expression, not '$'"],
    ['$()', 3, "expected a value, not ')'"],
    ['$(header.x)', 3, "there is no variable 'header' in templates; did you mean 'headers'?"],
    ['$(os.exit())', 3, "there is no variable 'os' in templates; there are headers, query_params"],
    ['$(headers.)', 11, "expected a name, not ')'"],
    ['$(headers[1)', 12, "expected ']' to close the '[', not ')'"],
    ['$("abc)', 3, 'the text that begins here has no closing "'],
    ['$("\\q")', 4, "'\\q' is no escape that templates know"],
    ['$(1 + 2)', 5, "expected ')' behind the expression, not '+'"],
    ['$(headers.x "a")', 13, 'expected \')\' behind the expression, not the text "a"'],
    ['$(string.rep("a", 9))', 10, "there is no function 'rep' in templates"],
    ['$(string.upper)', 15, "expected '(' behind 'string.upper'"],
    ['$(tostring())', 3, "'tostring' takes 1 values, not 0"],
    ['$(("a"):sub())', 9, "'sub' takes 2 to 3 values, not 1"],
    ['$(headers.user-agent)', 15, `a name with '-' stands in brackets, as in headers["x-y"]`],
    ['$(- headers.x)', 5, "behind '-' templates take a number alone"],
    ['$((function() return 1 end)())', 4, "templates have no 'function': use and, or, not"],
    [`$(${'('.repeat(40)}1)`, 36, 'brackets more than 32 deep'],
  ];
  for (const [text, place, message] of cases) {
    it(`is told with the place: ${text.slice(0, 40)}`, () => {
      const problem = templateProblem(text, VARIABLES) ?? '';
      assert.ok(problem.startsWith(`invalid template at character ${place}: ${message}`), problem);
    });
  }
});

describe('Templates of any kind', () => {
  const atom = fc.constantFrom(
    'headers.x',
    'headers.none',
    '"t"',
    'nil',
    'true',
    '7',
    'headers.many',
  );
  const { expression } = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { maxDepth: 6 },
      atom,
      fc
        .tuple(tie('expression'), fc.constantFrom('or', 'and', '==', '~='), tie('expression'))
        .map(([a, sign, b]) => `(${a} ${sign} ${b})`),
      tie('expression').map((a) => `not (${a})`),
      tie('expression').map((a) => `tostring(${a})`),
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a} .. ${b})`),
    ),
  }));

  it('come to a text, or to a failure with a reason', () => {
    fc.assert(
      fc.property(expression, (text) => {
        try {
          assert.equal(typeof render(`$(${text})`), 'string');
        } catch (error) {
          assert.ok(error instanceof RenderError, String(error));
        }
      }),
      { seed: 3, numRuns: 2000 },
    );
  });

  it('are read or refused, whatever stands in them', () => {
    const piece = fc.constantFrom(
      ...'$( ) headers . x [ ] "a" \' " or and not .. == ~= : sub ( , 1 -2 nil \\ string upper if'.split(
        ' ',
      ),
    );
    const text = fc.oneof(
      fc.array(piece).map((all) => `$(${all.join('')}`),
      fc.string(),
    );
    fc.assert(
      fc.property(text, (text) => {
        const problem = templateProblem(text, VARIABLES);
        if (problem === undefined) Template.parse(text, VARIABLES);
        else assert.match(problem, /^invalid template at character \d+: ./);
      }),
      { seed: 5, numRuns: 5000 },
    );
  });

  it('take time in proportion to their length', () => {
    const long = `$(${Array.from({ length: 20_000 }, () => 'headers.x').join(' .. ')})`;
    assert.equal(render(long).length, 40_000);
    assert.ok(templateProblem(`$(${'not '.repeat(100_000)})`, VARIABLES) !== undefined);
    assert.ok(templateProblem(`${'$('.repeat(100_000)})`, VARIABLES) !== undefined);
  });
});
