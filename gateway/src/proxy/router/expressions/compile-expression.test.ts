import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkedExpression } from '../../../entities/expression/judge-expression.ts';
import type { RouteQuery } from '../router.ts';
import { routeQuery } from '../testing.ts';
import { compileExpression } from './compile-expression.ts';
import { RequestFacts } from './request-facts.ts';

type Headers = readonly (readonly [string, string])[];

function holds(text: string, query: Partial<RouteQuery>, headers: Headers = []): boolean {
  const condition = compileExpression(checkedExpression(text, 'http'));
  return condition(new RequestFacts(routeQuery(query, headers)));
}

/** What each of the paths is for, among those that expressions hold for. */
function pathsOf(text: string, paths: readonly string[]): string[] {
  return paths.filter((path) => holds(text, { path }));
}

describe('an expression on the path', () => {
  const paths = ['/', '/a', '/a/b', '/A', '/ab', '/b/a'];

  it('compares it as a whole, at its start, at its end, and within', () => {
    assert.deepEqual(pathsOf('http.path == "/a"', paths), ['/a']);
    assert.deepEqual(pathsOf('http.path != "/a"', ['/a', '/b']), ['/b']);
    assert.deepEqual(pathsOf('http.path ^= "/a"', paths), ['/a', '/a/b', '/ab']);
    assert.deepEqual(pathsOf('http.path =^ "/a"', paths), ['/a', '/b/a']);
    assert.deepEqual(pathsOf('http.path contains "/b"', paths), ['/a/b', '/b/a']);
    assert.deepEqual(pathsOf('lower(http.path) == "/a"', paths), ['/a', '/A']);
  });

  it('finds a regular expression anywhere, unless it says where', () => {
    assert.deepEqual(pathsOf('http.path ~ "b"', paths), ['/a/b', '/ab', '/b/a']);
    assert.deepEqual(pathsOf('http.path ~ "^/a$"', paths), ['/a']);
    assert.deepEqual(pathsOf('http.path ~ "^/A|b$"', paths), ['/a/b', '/A', '/ab']);
    assert.deepEqual(pathsOf('lower(http.path) ~ "^/a$"', paths), ['/a', '/A']);
  });

  it('compares text beyond ASCII by its characters', () => {
    const wire = (path: string): string => Buffer.from(path, 'utf8').toString('latin1');
    assert.ok(holds('http.path ^= "/é"', { path: wire('/éa') }));
    assert.ok(holds('lower(http.path) == "/é"', { path: wire('/É') }));
    assert.ok(holds('http.path ~ "^/.$"', { path: wire('/é') }));
  });

  it('counts segments, with or without a slash at the end', () => {
    for (const path of ['/a/b/c', '/a/b/c/']) {
      assert.ok(holds('http.path.segments.len == 3', { path }));
      assert.ok(holds('http.path.segments.0 == "a"', { path }));
      assert.ok(holds('http.path.segments.1_2 == "b/c"', { path }));
      assert.ok(!holds('http.path.segments.3 != "x"', { path }));
    }
    assert.ok(holds('http.path.segments.len == 0', { path: '/' }));
  });

  it('tells what of the path may be stripped', () => {
    const length = (text: string, path: string): number => {
      const facts = new RequestFacts(routeQuery({ path }));
      assert.ok(compileExpression(checkedExpression(text, 'http'))(facts));
      return facts.matchedLength;
    };
    assert.equal(length('http.path ^= "/a"', '/a/b'), 2);
    assert.equal(length('http.path == "/a/b"', '/a/b'), 4);
    assert.equal(length('http.path ~ "^/a/[a-z]"', '/a/bc'), 4);
    // Kong would strip as much as was matched, wherever that was.
    assert.equal(length('http.path ~ "/b"', '/a/b'), 0);
    assert.equal(length('http.path =^ "/b"', '/a/b'), 0);
    assert.equal(length('http.method == "GET"', '/a/b'), 0);
  });

  it('keeps the groups of a regular expression', () => {
    const groups = (text: string, path: string): string | undefined => {
      const facts = new RequestFacts(routeQuery({ path }));
      assert.ok(compileExpression(checkedExpression(text, 'http'))(facts));
      return facts.pattern?.captures(path)['id'];
    };
    assert.equal(groups('http.path ~ r#"^/u/(?<id>\\d+)"#', '/u/12/x'), '12');
    assert.equal(groups('http.path ~ r#"/u/(?<id>\\d+)$"#', '/x/u/12'), '12');
  });
});

describe('an expression on fields that may have several values', () => {
  const two: Headers = [
    ['X-V', '2'],
    ['x_v', '1'],
  ];

  it('holds when it does for all of them, or with any() for one', () => {
    assert.ok(!holds('http.headers.x_v == "1"', {}, two));
    assert.ok(holds('any(http.headers.x_v) == "1"', {}, two));
    assert.ok(holds('http.headers.x_v ~ "[12]"', {}, two));
    assert.ok(holds('any(http.headers.x_v) != "1"', {}, two));
    assert.ok(!holds('http.headers.x_v != "1"', {}, two));
  });

  it('does not hold when there is none, whatever it says', () => {
    for (const text of [
      'http.headers.x != "1"',
      'any(http.headers.x) != "1"',
      'http.queries.x != "1"',
      'tls.sni != "a"',
      'http.host != "a"',
    ]) {
      assert.ok(!holds(text, {}), text);
    }
    assert.ok(holds('!(http.headers.x == "1")', {}));
  });

  it('sees values of headers as they were sent', () => {
    assert.ok(!holds('http.headers.x == "ab"', {}, [['X', 'aB']]));
    assert.ok(holds('lower(http.headers.x) == "ab"', {}, [['X', 'aB']]));
  });

  it('sees arguments decoded; those without a value are empty', () => {
    assert.ok(holds('http.queries.q == "a b&"', { search: '?q=a+b%26' }));
    assert.ok(holds('http.queries.q == ""', { search: '?q' }));
    assert.ok(!holds('http.queries.q == "1"', { search: '?q=2&q=1' }));
    assert.ok(holds('any(http.queries.q) == "1"', { search: '?q=2&q=1' }));
  });
});

describe('an expression on what is not text', () => {
  it('compares ports and addresses', () => {
    const query = { clientIp: '10.1.2.3', clientPort: 40_000, port: 8000 };
    assert.ok(holds('net.src.ip in 10.0.0.0/8 && net.src.ip not in 10.2.0.0/16', query));
    assert.ok(holds('net.src.ip == 10.1.2.3 && net.src.ip != 10.1.2.4', query));
    assert.ok(holds('net.dst.ip == 192.0.2.2', query));
    assert.ok(holds('net.src.port > 39999 && net.src.port <= 40000 && net.dst.port < 8001', query));
    assert.ok(holds('net.dst.port == 0x1F40', query));
    assert.ok(holds('net.src.ip == 2001:DB8:0::1', { clientIp: '2001:db8::1' }));
    assert.ok(!holds('net.src.ip in 10.0.0.0/8', { clientIp: '2001:db8::1' }));
  });

  it('is no mistake for a client that came through a unix socket', () => {
    const query = { clientIp: 'unix:', connection: { localAddress: 'unix:/run/s' } };
    assert.ok(!holds('net.src.ip in 10.0.0.0/8 || net.dst.ip == 10.0.0.1', query));
  });
});

describe('an expression on names', () => {
  it('takes them without regard to case', () => {
    assert.ok(holds('http.host == "A.Test" && http.host =^ ".TEST"', { host: 'a.test' }));
    assert.ok(holds('http.host ~ "^A"', { host: 'a.test' }));
    assert.ok(holds('tls.sni == "A.test"', { sni: 'a.test', scheme: 'https' }));
    assert.ok(holds('net.protocol == "https"', { scheme: 'https' }));
  });
});
