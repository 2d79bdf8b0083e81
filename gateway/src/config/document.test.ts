import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { entitiesOf, problemsOf } from './testing/parsed.ts';

describe('YAML files', () => {
  it('are refused with the place of the first syntax error', () => {
    assert.deepEqual(problemsOf('_format_version: "3.0"\nservices: [\n  {name: s\n'), [
      '4:1: the { before this is not closed, or what is in it is not indented (Flow map in block collection must be sufficiently indented and end with a })',
    ]);
  });

  it('are refused when a field stands there twice', () => {
    const text = '_format_version: "3.0"\nservices:\n- name: a\n  host: h\n  name: b\n';
    assert.deepEqual(problemsOf(text), [
      "5:3: 'name' stands here for the second time (Map keys must be unique)",
    ]);
  });

  it('are refused when they hold several documents', () => {
    const [problem] = problemsOf('_format_version: "3.0"\n---\n_format_version: "3.0"\n');
    assert.match(problem ?? '', /^2:1: .*multiple documents/);
  });

  it('are refused when aliases multiply', () => {
    let text = 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n';
    for (let i = 1; i < 10; i += 1) {
      const alias = `*a${i - 1}`;
      text += `a${i}: &a${i} [${Array.from({ length: 10 }, () => alias).join(', ')}]\n`;
    }
    const [problem, ...more] = problemsOf(text);
    assert.match(problem ?? '', /alias/i);
    assert.deepEqual(more, []);
  });

  it('are refused with the place of every alias without an anchor', () => {
    assert.deepEqual(problemsOf('_format_version: "3.0"\nx: *a\ny: [&b 1, *b, *c]\n'), [
      '2:4: *a refers to nothing before it; quote it if it is a text',
      '3:15: *c refers to nothing before it; quote it if it is a text',
    ]);
  });

  it('may repeat an anchor often, and merge it', () => {
    const routes = Array.from({ length: 500 }, (_, i) => `- {<<: *base, paths: [/p${i}]}`);
    const { routes: read } = entitiesOf(
      `_format_version: "3.0"\n_ignore: [&base {methods: [GET]}]\nroutes:\n${routes.join('\n')}\n`,
    );
    assert.equal(read.size, 500);
    for (const { methods } of read.values()) assert.deepEqual(methods, ['GET']);
  });

  it('are refused when they use a tag that means nothing here', () => {
    const [problem] = problemsOf('_format_version: "3.0"\nservices: !Ref x\n');
    assert.match(problem ?? '', /^2:11: tags mean nothing here.* \(Unresolved tag: !Ref/);
  });

  it('may start with a byte order mark', () => {
    assert.equal(entitiesOf('\uFEFF_format_version: "3.0"\n').services.size, 0);
    assert.deepEqual(problemsOf('\uFEFF{"_format_version": "3.0", "x": []}'), [
      "1:28: unknown field 'x'",
    ]);
  });
});

describe('JSON files', () => {
  it('are refused with the place of a syntax error', () => {
    const text = '{\n  "_format_version": "3.0",\n}';
    const [problem, ...more] = problemsOf(text, {}, 'kong.json');
    assert.match(problem ?? '', /^3:1: not valid JSON: /);
    assert.deepEqual(more, []);
  });

  it('are refused with the place where the parser does not say it, without showing the file', () => {
    const text = '{\n  "_format_version": "3.0",\n  "consumers": [{"key": "hush", "b": nope}]\n}';
    assert.deepEqual(problemsOf(text, {}, 'kong.json'), [
      "3:39: not valid JSON: Unexpected token 'o'",
    ]);
    assert.deepEqual(problemsOf('[]\n  x', {}, 'kong.json'), [
      '2:3: not valid JSON: Unexpected non-whitespace character',
    ]);
    assert.deepEqual(problemsOf('{"a":', {}, 'kong.json'), [
      '1:6: not valid JSON: Unexpected end of JSON input',
    ]);
  });

  it('are refused when they are nested too deeply', () => {
    const nested = `{"_format_version": "3.0", "services": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    assert.deepEqual(problemsOf(nested, {}, 'kong.json'), ['1:1: nested too deeply']);
    assert.match(problemsOf(nested)[0] ?? '', /^1:\d+: nested too deeply$/);
  });

  it('are refused when a field stands there twice', () => {
    const text = '{"_format_version": "3.0", "services": [], "note": "a\\":b", "services": []}';
    const problems = problemsOf(text, {}, 'kong.json');
    assert.deepEqual(problems, [
      "1:61: 'services' stands here for the second time (Map keys must be unique)",
    ]);
  });

  it('may have names in their texts', () => {
    const text =
      '{"_format_version": "3.0", "_comment": "say \\"x\\": \\\\", "routes": [{"paths": ["/x"], "tags": ["a:"]}]}';
    assert.equal(entitiesOf(text, {}, 'kong.json').routes.size, 1);
  });

  it('are YAML, too, when their name does not say that they are JSON', () => {
    assert.equal(entitiesOf('{_format_version: "3.0", services: [{host: h}]}').services.size, 1);
  });
});
