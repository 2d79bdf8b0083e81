import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compileRegex } from '../../entities/schema/regex.ts';
import { literalEnds } from './literal-ends.ts';
import { simplePattern } from './simple-pattern.ts';

/** Expressions over a small alphabet, with much that is ambiguous. */
const sources = fc.letrec<{ sequence: string; piece: string; group: string }>((tie) => ({
  sequence: fc.array(tie('piece'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
  piece: fc.oneof(
    { withCrossShrink: true },
    fc
      .tuple(
        fc.constantFrom('a', 'b', '/', '.', '\\.', '[ab]', '[^/]', '\\d', '\\w', '[^#?/]', '[a-]'),
        fc.constantFrom('', '', '', '*', '+', '?', '+?', '*?', '{2}', '{1,2}', '{2,}'),
      )
      .map(([atom, quantifier]) => atom + quantifier),
    tie('group'),
  ),
  group: fc
    .tuple(
      fc.constantFrom('(', '(?:', '(?<n>', '(?P<m>'),
      fc.array(tie('sequence'), { minLength: 1, maxLength: 2 }),
      fc.constantFrom('', '', '?'),
    )
    .map(([open, branches, quantifier]) => `${open}${branches.join('|')})${quantifier}`),
})).sequence;
const expressions = fc
  .tuple(sources, fc.constantFrom('', '$'))
  .map(([source, end]) => `/${source}${end}`)
  .filter((source) => !/<n>.*<n>|<m>.*<m>/.test(source));
const paths = fc
  .array(fc.constantFrom('a', 'b', '/', '.', '1', '-', '|', '\n'), { maxLength: 8 })
  .map((parts) => `/${parts.join('')}`);

describe('simplePattern', () => {
  it('matches what the general engine matches, with the same groups', () => {
    fc.assert(
      fc.property(
        expressions,
        fc.array(paths, { minLength: 5, maxLength: 20 }),
        (source, texts) => {
          const simple = simplePattern(source);
          if (simple === null) return;
          const general = compileRegex(`^(?:${source})`);
          for (const text of texts) {
            simple.lastIndex = 0;
            const expected = general.exec(text) as (string | null | undefined)[] | null;
            const found = simple.exec(text);
            assert.deepEqual(
              found === null ? null : Array.from(found, (group) => group ?? null),
              expected === null ? null : Array.from(expected, (group) => group ?? null),
              `${source} on ${JSON.stringify(text)}`,
            );
          }
        },
      ),
      { numRuns: 1500 },
    );
  });

  const usual = [
    '/users/\\d+',
    '/items/(?<id>\\d+)$',
    '/v\\d/things/[^/]+/end$',
    '/r(?<rest>/.*)?$',
    '/(foo|bar)/baz$',
    '/api/(?P<id>[^#?/]+)/files/[a-z0-9_-]{2,8}\\.json$',
  ];
  for (const source of usual) {
    it(`takes ${source}`, () => assert.notEqual(simplePattern(source), null));
  }

  const ambiguous = ['/(a+)+$', '/a*a*b', '/.*/e', '/(a|ab)(c|bc)d', '/(a?)?b', '/[a-z]+\\w+$'];
  for (const source of ambiguous) {
    it(`leaves ${source} to the general engine`, () => assert.equal(simplePattern(source), null));
  }

  const unlike = [
    '/(?i)a',
    '/a\\b',
    '/\\s',
    '/[[:alpha:]]',
    '/\\x41',
    '/\\pL',
    '/é',
    '/a++',
    '/a|b',
  ];
  for (const source of unlike) {
    it(`leaves ${source} to the engine whose syntax it is`, () =>
      assert.equal(simplePattern(source), null));
  }
});

describe('literalEnds', () => {
  it('gives text with which every match begins and ends', () => {
    fc.assert(
      fc.property(
        expressions,
        fc.array(paths, { minLength: 5, maxLength: 20 }),
        (source, texts) => {
          const { start, end } = literalEnds(source);
          const general = compileRegex(`^(?:${source})`);
          for (const text of texts) {
            if (!general.test(text)) continue;
            assert.ok(text.startsWith(start), `${source} on ${text} starts with ${start}`);
            assert.ok(text.endsWith(end), `${source} on ${text} ends with ${end}`);
          }
        },
      ),
      { numRuns: 1500 },
    );
  });

  const known: [string, string, string][] = [
    ['/users/\\d+', '/users/', ''],
    ['/v\\d/a\\.b$', '/v', '/a.b'],
    ['/plain$', '/plain', '/plain'],
    ['/ab*c$', '/a', 'c'],
    ['/x/(a|b)/y$', '/x/', '/y'],
    ['/a|/b', '', ''],
    ['/a(?i)b$', '', ''],
    ['/a\\x41$', '', ''],
    ['/x\\d/é$', '/x', '/\xc3\xa9'],
    ['/[]a|]b$', '/', 'b'],
  ];
  for (const [source, start, end] of known) {
    it(`finds '${start}' and '${end}' in ${source}`, () => {
      assert.deepEqual(literalEnds(source), { start, end });
    });
  }
});
