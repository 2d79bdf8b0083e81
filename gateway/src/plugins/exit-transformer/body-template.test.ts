import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fromValues, tableOf, type Scope, type Value } from '../../plugin/template/value.ts';
import { bodyProblem, bodyTemplate } from './body-template.ts';

function scopeOf(values: Readonly<Record<string, Value>>): Scope {
  const headers = tableOf('headers', (key) => values[key] ?? null);
  return { variable: (name) => (name === 'headers' ? headers : (values[name] ?? null)) };
}

const HOSTILE = '"}, <script>alert(1)</script>&\'\\\r\nX: 1\0';
const hostile = scopeOf({ x: HOSTILE, message: HOSTILE, status: 404 });

const render = (body: string, type: string, scope = hostile): string =>
  bodyTemplate(body, type)(scope);

describe('A body of JSON', () => {
  const json = (body: string, scope?: Scope): unknown =>
    JSON.parse(render(body, 'application/json', scope));

  it('has values in its texts, whatever they are', () => {
    const read = json(`{"error":{"text":"said: $(message)"},"list":["$(headers.x)",1,null]}`);
    assert.deepEqual(read, {
      error: { text: `said: ${HOSTILE}` },
      list: [HOSTILE, 1, null],
    });
  });

  it('keeps the type of a value that a text is nothing but', () => {
    const scope = scopeOf({ status: 404, x: fromValues(['a', 'b']) });
    assert.deepEqual(
      json(
        `{"a":"$(status)","b":"$(headers.none)","c":"$(status == 404)","d":"$(headers.x)"}`,
        scope,
      ),
      { a: 404, b: null, c: true, d: 'a, b' },
    );
    assert.deepEqual(json(`{"a":"no. $(status)$(headers.none)"}`, scope), { a: 'no. 404' });
  });

  it('may have any names but templates', () => {
    const body = '{"__proto__":{"a":1},"constructor":"$(status)"}';
    assert.equal(
      render(body, 'application/problem+json'),
      '{"__proto__":{"a":1},"constructor":404}',
    );
    assert.match(bodyProblem('{"$(message)":1}', 'application/json') ?? '', /cannot be a template/);
  });

  it('is refused where it is none', () => {
    for (const body of ['', '{"a":$(message)}', '{"a":1,}', `${'['.repeat(50)}${']'.repeat(50)}`]) {
      assert.match(bodyProblem(body, 'application/json') ?? '', /^no JSON, as content_type says: /);
    }
    const inTexts = /expressions stand in texts: "\$\(message\)"$/;
    assert.match(bodyProblem('{"a": $(message)}', 'application/json') ?? '', inTexts);
    assert.doesNotMatch(bodyProblem('{"a":1,}', 'application/json') ?? '', inTexts);
    assert.match(
      bodyProblem('{"a":"$(massage)"}', 'application/json') ?? '',
      /did you mean 'message'/,
    );
  });

  it('is JSON for every template and every value', () => {
    const expression = fc.constantFrom(
      '$(message)',
      '$(status)',
      '$(headers.x)',
      '$(headers.none)',
      '$(headers)',
      '$(message == headers.x)',
      '$(message .. headers.x)',
    );
    const anyText = fc.string({ unit: 'binary' });
    const text = fc
      .array(
        fc.oneof(
          anyText.map((each) => each.replaceAll('$(', '')),
          expression,
        ),
      )
      .map((pieces) => pieces.join(''))
      // What two pieces make together may begin an expression that was not meant.
      .filter((each) => bodyProblem(JSON.stringify(each), 'application/json') === undefined);
    const { document } = fc.letrec((tie) => ({
      document: fc.oneof(
        { maxDepth: 4 },
        text,
        fc.integer(),
        fc.constant(null),
        fc.array(tie('document')),
        fc.dictionary(
          anyText.map((each) => each.replaceAll('$', '')),
          tie('document'),
        ),
      ),
    }));
    const value = fc.oneof(anyText, fc.constant(HOSTILE));
    fc.assert(
      fc.property(document, value, value, fc.nat(599), (document, message, x, status) => {
        const scope = scopeOf({ message, status, x });
        const written = render(JSON.stringify(document), 'application/json', scope);
        assert.deepEqual(shape(JSON.parse(written)), shape(document));
      }),
      { seed: 11, numRuns: 1000 },
    );
  });

  /** Lists and objects as they are, with what is in them gone. */
  function shape(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(shape);
    if (typeof value !== 'object' || value === null) return 0;
    return Object.entries(value).map(([name, each]) => [name, shape(each)]);
  }
});

describe('A body of markup', () => {
  it('has values as text', () => {
    for (const type of ['text/html', 'application/xml; charset=utf-8', 'application/xhtml+xml']) {
      assert.equal(
        render('<p class="a">$(message)</p>', type),
        '<p class="a">&#34;}, &#60;script&#62;alert(1)&#60;/script&#62;&#38;&#39;\\\r\nX: 1\ufffd</p>',
      );
    }
  });

  const places = [
    '<a href="$(headers.x)">',
    '<a $(headers.x)>',
    '<$(headers.x)>',
    '</$(headers.x)>',
    '<!$(headers.x)>',
    "<a title='b' onclick='$(headers.x)",
    '<script>let a = "$(headers.x)"</script>',
    '<SCRIPT type="a">$(headers.x)',
    '<style>$(headers.x)</style>',
    '<!-- > $(headers.x) -->',
    '<![CDATA[ $(headers.x) ]]>',
    '<?php $(headers.x) ?>',
    '<a title=">$(headers.x)">',
  ];
  for (const body of places) {
    it(`takes no value in ${body}`, () => {
      assert.match(bodyProblem(body, 'text/html') ?? '', /text between tags alone, not in '</);
    });
  }

  it('takes values behind all of these', () => {
    const body = '<!-- c --><style>a{}</style><script>1 < 2</script><a title=">">$(headers.x)</a>';
    assert.equal(bodyProblem(body, 'text/html'), undefined);
  });

  it('is looked through in time in proportion to its length', () => {
    for (const piece of ['<!--', '<script>', '<a "', "<a '", '<a x=""']) {
      bodyProblem(`${piece.repeat(20_000)}$(status)`, 'text/html');
    }
  });
});

describe('A body of another type', () => {
  it('has values without lines of their own in plain text', () => {
    const text = render('said: $(headers.x)\n', 'text/plain');
    assert.equal(text, 'said: "}, <script>alert(1)</script>&\'\\  X: 1 \n');
  });

  it('takes no values where nobody knows how to escape them', () => {
    assert.equal(render('a,b', 'text/csv'), 'a,b');
    assert.match(bodyProblem('$(status)', 'text/csv') ?? '', /not for text\/csv/);
  });
});
