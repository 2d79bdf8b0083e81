import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problemsOf } from '../testing/parsed.ts';

/** What is said of a file that is no YAML, without the parser's words. */
function said(body: string): string[] {
  return problemsOf(`_format_version: "3.0"\n${body}\n`).map((line) => line.replace(/ \(.*$/, ''));
}

const indentation = 'the indentation of this line does not fit the lines above';

describe('A mistake in the syntax of YAML', () => {
  for (const [what, body, expected] of [
    ['a line too far right', 'services:\n- name: a\n   host: b', `4:4: ${indentation}`],
    ['a line too far left', 'services:\n  - name: a\n host: b', `4:1: ${indentation}`],
    ['a line between two depths', 'services:\n  - name: a\n   host: b', `4:1: ${indentation}`],
    ['a list beside fields', 'services:\n  name: a\n  - name: b', `4:1: ${indentation}`],
    ['a tab', 'services:\n\t- name: a', '3:1: a tab where spaces are needed'],
    ['no colon', 'services\n- name: a', "2:1: a colon is missing after 'services'"],
    ['no colon inside', 'services:\n- host: a\n  port 1', "4:3: a colon is missing after 'port'"],
    ['no space', 'services:\n- name:a\n  host: b', '3:3: a space is missing after the colon'],
    [
      'a colon in a value',
      'services:\n- name: a: b',
      '3:9: a second colon on one line; put the value in quotes if it has one',
    ],
    [
      'a sign with a meaning',
      'services:\n- name: @a',
      '3:9: a value that begins with @ needs quotes',
    ],
    [
      'a quote left open',
      'services:\n- name: "a\n  host: b\nroutes: []',
      '3:9: a quote is opened here and never closed',
    ],
    [
      'a quote inside',
      "services:\n- name: 'it's'",
      '3:13: the value has ended before this; put all of it in quotes',
    ],
    [
      'a bracket left open',
      'services:\n- name: a\n  routes: [{name: x}\n- name: b',
      '5:1: the [ before this is not closed, or what is in it is not indented',
    ],
    [
      'a backslash',
      'routes:\n- paths: ["~/\\d+"]',
      '3:14: a backslash in double quotes; use single quotes, or two backslashes',
    ],
  ] as const) {
    it(`is told in plain words: ${what}`, () => {
      assert.deepEqual(said(body), [expected]);
    });
  }

  it("is told with the parser's words behind", () => {
    assert.deepEqual(problemsOf('_format_version: "3.0"\nservices\n- a\n'), [
      "2:1: a colon is missing after 'services' (Implicit keys need to be on a single line)",
    ]);
  });

  it('does not show what may be a secret', () => {
    const problems = problemsOf('_format_version: "3.0"\nconsumers:\n- hush\n  keyauth: [\n');
    assert.deepEqual(
      problems.filter((line) => line.includes('hush')),
      [],
    );
  });
});
