import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Expression } from './expression.ts';
import { ExpressionError } from './expression-error.ts';
import { expressionProblem } from './judge-expression.ts';
import { parseExpression } from './parse-expression.ts';

/** An expression as it would be written with all parentheses. */
function spelled(expression: Expression): string {
  if (expression.kind === 'not') return `!(${spelled(expression.part)})`;
  if (expression.kind !== 'predicate') {
    return `(${expression.parts.map(spelled).join(expression.kind === 'and' ? ' && ' : ' || ')})`;
  }
  const { field, lower, any, operator, literal } = expression;
  const value = Object.values(literal)[1] as unknown;
  const inner = lower ? `lower(${field})` : field;
  return `${any ? `any(${inner})` : inner} ${operator} ${JSON.stringify(value)}`;
}

function parsed(text: string): string {
  return spelled(parseExpression(text));
}

describe('an expression', () => {
  it('binds && tighter than ||, and parentheses tightest', () => {
    assert.equal(
      parsed('a == 1 || b == 2 && c == 3 || !(d == 4 || e == 5)'),
      '(a == 1 || (b == 2 && c == 3) || !((d == 4 || e == 5)))',
    );
  });

  it('has every operator', () => {
    for (const operator of ['==', '!=', '~', '^=', '=^', '>=', '>', '<=', '<', 'in', 'contains']) {
      assert.equal(parsed(`a ${operator} "x"`), `a ${operator} "x"`);
    }
    assert.equal(parsed('a not  in 10.0.0.0/8'), 'a not in "10.0.0.0/8"');
    assert.equal(parsed('a=="x"&&b^="y"'), '(a == "x" && b ^= "y")');
  });

  it('has text with escapes, and raw text without', () => {
    assert.equal(parsed('a == "x\\"\\\\\\n\\t"'), `a == ${JSON.stringify('x"\\\n\t')}`);
    assert.equal(parsed('a ~ r#"^/a\\d"/"#'), `a ~ ${JSON.stringify('^/a\\d"/')}`);
  });

  it('has integers in decimal, hexadecimal and octal', () => {
    assert.equal(parsed('a == -12'), 'a == -12');
    assert.equal(parsed('a == 0x1F'), 'a == 31');
    assert.equal(parsed('a == 017'), 'a == 15');
  });

  it('has addresses and blocks of both families', () => {
    assert.equal(parsed('a == 10.0.0.1'), 'a == "10.0.0.1"');
    assert.equal(parsed('a == ::1'), 'a == "::1"');
    assert.equal(parsed('a in fe80::/10'), 'a in "fe80::/10"');
  });

  it('has functions, within each other too', () => {
    assert.equal(parsed('any(lower(a)) == "x"'), 'any(lower(a)) == "x"');
    assert.equal(parsed('lower( any( a ) ) == "x"'), 'any(lower(a)) == "x"');
  });

  it('tells where it is wrong, on the line that it is on', () => {
    const wrong = (text: string): string => {
      try {
        parseExpression(text);
      } catch (error) {
        if (error instanceof ExpressionError) return error.message;
        throw error;
      }
      return assert.fail(`${text} was parsed`);
    };
    assert.equal(wrong('()'), ' --> 1:2\n  |\n1 | ()\n  |  ^---\n  |\n  = expected term');
    assert.equal(
      wrong('a == 1 &&\n  b = 2'),
      ' --> 2:5\n  |\n2 |   b = 2\n  |     ^---\n  |\n  = expected an operator',
    );
    for (const [text, problem] of [
      ['', 'expected term'],
      ['a == 1 b', 'expected &&, || or the end'],
      ['(a == 1', 'expected &&, || or )'],
      ['!a == 1', 'expected ('],
      ['upper(a) == 1', 'unknown function upper()'],
      ['lower(lower(a)) == 1', 'lower() within lower()'],
      ['a == "x', 'text that does not end, or has another escape than \\" \\\\ \\n \\r \\t'],
      ['a == "\\d"', 'text that does not end, or has another escape than \\" \\\\ \\n \\r \\t'],
      ['a == 300.0.0.1', '300.0.0.1 is not an IP address'],
      ['a in 10.0.0.0/33', 'a block of IPv4 has at most 32 bits'],
      ['a == 99999999999999999999', 'not an integer'],
      ['a == 09', 'not an integer'],
    ] as const) {
      assert.ok(wrong(text).endsWith(`= ${problem}`), `${text}: ${wrong(text)}`);
    }
  });

  it('is nested no deeper than anybody writes', () => {
    const nested = (depth: number) => `${'('.repeat(depth)}a == 1${')'.repeat(depth)}`;
    assert.equal(parsed(nested(100)), 'a == 1');
    assert.throws(() => parseExpression(nested(100_000)), ExpressionError);
    const chain = Array.from({ length: 20_000 }, () => 'a == 1').join(' && ');
    assert.equal(expressionProblem(chain.replaceAll('a ', 'net.dst.port '), 'http'), undefined);
  });

  it('comes out as it went in', () => {
    const predicate = fc.constantFrom(
      'a == 1',
      'any(lower(b)) ^= "x"',
      'c in "10.0.0.0/8"',
      'd.e_1 ~ "^/"',
    );
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        predicate,
        fc.array(tie('tree'), { minLength: 2, maxLength: 3 }).map((p) => `(${p.join(' && ')})`),
        fc.array(tie('tree'), { minLength: 2, maxLength: 3 }).map((p) => `(${p.join(' || ')})`),
        tie('tree').map((part) => `!(${part})`),
      ),
    }));
    fc.assert(
      fc.property(tree, (text) => {
        assert.equal(parsed(text), text);
      }),
    );
  });

  it('is an ExpressionError or none, whatever the text is', () => {
    const pieces = fc.constantFrom(
      ...[
        '(',
        ')',
        '!',
        '&&',
        '||',
        '==',
        '~',
        '^=',
        'in',
        'not',
        ' ',
        '\n',
        '"',
        '\\',
        'r#"',
        '"#',
      ],
      ...['http.path', 'net.src.ip', 'http.headers.a', 'http.path.segments.0_', 'lower(', 'any('],
      ...['10.0.0.1', '/8', '::1', '0x', '-', '9', '"/a"', '"["', 'é', '\u{1F600}', '\0'],
    );
    const texts = fc.array(pieces, { maxLength: 20 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(texts, fc.string({ unit: 'binary' })), (text) => {
        expressionProblem(text, 'http');
        expressionProblem(text, 'stream');
      }),
      { numRuns: 3000 },
    );
  });
});
