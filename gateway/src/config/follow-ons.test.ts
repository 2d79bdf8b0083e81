import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problemsOf } from './testing/parsed.ts';

function problemsIn(body: string): string[] {
  return problemsOf(`_format_version: "3.0"\n${body}\n`);
}

describe('A mistake from which others follow', () => {
  it('is told alone: the name of a field that a rule asks for', () => {
    assert.deepEqual(problemsIn('routes: [{name: r, path: [/a]}]'), [
      "2:20: route 'r': unknown field 'path' (did you mean 'paths'?)",
    ]);
    assert.deepEqual(problemsIn('plugins: [{name: rate-limiting, config: {minut: 5}}]'), [
      "2:42: plugin 'rate-limiting': unknown field 'config.minut' (did you mean 'minute'?)",
    ]);
  });

  it('is told alone: the name of a field that is required', () => {
    assert.deepEqual(problemsIn('services: [{hots: a}]'), [
      "2:13: service: unknown field 'hots' (did you mean 'host'?)",
    ]);
    assert.deepEqual(problemsIn('services: [{ulr: "http://a"}]'), [
      "2:13: service: unknown field 'ulr' (did you mean 'url'?)",
    ]);
  });

  it('is told alone: a field that another one asks for', () => {
    const config = 'config: {minute: 5, limit_by: header}';
    assert.deepEqual(problemsIn(`plugins: [{name: rate-limiting, ${config}}]`), [
      "2:41: plugin 'rate-limiting': config.header_name: required field missing",
    ]);
  });

  it('is told alone: nobody, where there must be nobody', () => {
    assert.deepEqual(problemsIn('plugins: [{name: key-auth, consumer: nobody}]'), [
      "2:38: plugin 'key-auth': consumer: value must be null",
    ]);
  });

  it('does not hide what has nothing to do with it', () => {
    assert.deepEqual(problemsIn('routes: [{nmae: r, strip_path: 1}, {paths: [a], nam: b}]'), [
      "2:10: route: must set one of 'methods', 'hosts', 'headers', 'paths', 'snis' when 'protocols' is 'https'",
      "2:11: route: unknown field 'nmae' (did you mean 'name'?)",
      '2:32: route: strip_path: expected a boolean',
      '2:45: route: paths.1: should start with: / (fixed path) or ~/ (regex path)',
      "2:49: route: unknown field 'nam' (did you mean 'name'?)",
    ]);
  });

  it('is told once for a file: that its routes are expressions', () => {
    const first = '{name: a, expression: http.path == "/a", priority: 5}';
    const routes = `[${first}, {name: b, expression: http.path == "/b", protocols: [http]}]`;
    assert.deepEqual(problemsIn(`routes: ${routes}`), [
      "2:20: route 'a': expression: routes that are expressions need --router-flavor expressions: start the node with it, and check with it as well (told once for all such routes)",
    ]);
  });

  it('does not hide what else is wrong with a route that is an expression', () => {
    assert.match(
      problemsIn('routes: [{expression: a, strip_path: 1}]').join(),
      /expected a boolean/,
    );
  });

  it('is told once where two rules say the same', () => {
    assert.deepEqual(problemsIn('plugins: [{name: acl}]'), [
      "2:11: plugin 'acl': exactly one of these fields must be non-empty: 'config.allow', 'config.deny'",
    ]);
  });
});
