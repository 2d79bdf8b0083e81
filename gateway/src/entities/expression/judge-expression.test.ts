import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { expressionProblem } from './judge-expression.ts';

/** The last line of what is wrong. */
function problemOf(text: string, subsystem: 'http' | 'stream' = 'http'): string | undefined {
  return expressionProblem(text, subsystem)?.split('= ').at(-1);
}

describe('what an expression compares', () => {
  it('is a field of requests', () => {
    for (const text of [
      'net.protocol == "https" && tls.sni =^ ".test"',
      'http.method == "GET" && lower(http.host) contains "a" && http.path ~ r#"^/\\d+$"#',
      'http.path.segments.0 == "a" && http.path.segments.1_2 == "b/c"',
      'http.path.segments.len >= 2',
      'any(http.headers.x_y) != "1" && http.queries.q ^= "a"',
      'net.src.ip in 10.0.0.0/8 && net.dst.ip == ::1 && net.src.port < 1024 && net.dst.port == 443',
    ]) {
      assert.equal(problemOf(text), undefined, text);
    }
  });

  it('is a field that there is', () => {
    for (const field of [
      'http.paths',
      'http.headers.',
      'http.path.segments.2_1',
      'http.path.segments.x',
      'toString',
      'net',
    ]) {
      assert.notEqual(problemOf(`${field} == "x"`), undefined, field);
    }
    assert.equal(problemOf('http.paths == "x"'), 'unknown field http.paths');
  });

  it('is of requests only where there are some', () => {
    assert.equal(problemOf('net.src.port == 1 && tls.sni == "a"', 'stream'), undefined);
    assert.equal(
      problemOf('http.path == "/"', 'stream'),
      'http.path is of requests, not of streams',
    );
  });

  it('is compared in a way that fits its type', () => {
    for (const [text, problem] of [
      ['http.path == 1', 'needs text'],
      ['net.dst.port == "80"', 'needs an integer'],
      ['net.src.ip == 10.0.0.0/8', 'needs an IP address'],
      ['net.src.ip in 10.0.0.1', 'needs a block of IP addresses'],
      ['http.path in 10.0.0.0/8', 'in cannot be used with http.path, which is text'],
      ['net.dst.port ^= "8"', '^= cannot be used with net.dst.port, which is an integer'],
      ['http.path > "a"', '> cannot be used with http.path, which is text'],
      ['lower(net.dst.port) == 80', 'lower() is for text, net.dst.port is not'],
      ['http.path ~ "("', 'not a regular expression: missing closing ): `(`'],
      ['http.path ~ "a(?=b)"', 'not a regular expression'],
    ] as const) {
      const found = expressionProblem(text, 'http') ?? '';
      assert.ok(found.includes(problem), `${text}: ${found}`);
    }
  });
});
