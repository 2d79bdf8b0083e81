import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HashInputRecord } from '../../../snapshot/records.ts';
import { PathPattern } from '../../router/path-pattern.ts';
import type { Asking } from './algorithm.ts';
import { askingFor } from '../dns/asking.suite.ts';
import { hashInput } from './hash-input.ts';

function requestWith(
  headers: Readonly<Record<string, readonly string[]>>,
  query: Readonly<Record<string, readonly (string | true)[]>> = {},
  path = '/',
): Pick<Asking, 'request'> {
  const headerValues = (name: string) => headers[name] ?? [];
  const queryValues = (name: string) => query[name] ?? [];
  return { request: { path, headerValues, queryValues } };
}

function textOf(fields: Partial<Asking>, ...inputs: HashInputRecord[]): string {
  return hashInput(inputs, askingFor(fields)).text;
}

describe('what a request is hashed by', () => {
  it('is a header, whatever its name, with its lines put together', () => {
    const input = { source: 'header', name: 'X-Cart-Id' } as const;
    assert.equal(textOf(requestWith({ 'x-cart-id': ['a', 'b'] }), input), 'ab');
    assert.equal(textOf(requestWith({ 'x-cart-id': [''] }), input), '');
  });

  it('is a query argument, its values sorted', () => {
    const input = { source: 'query_arg', name: 'k' } as const;
    assert.equal(textOf(requestWith({}, { k: ['b', 'a', true] }), input), 'a,b,true');
  });

  it('is the path, or a group of the expression that matched it', () => {
    const asking = {
      ...requestWith({}, {}, '/users/12/cart'),
      pathPattern: new PathPattern('/users/(?<id>[0-9]+)'),
    };
    assert.equal(textOf(asking, { source: 'path' }), '/users/12/cart');
    assert.equal(textOf(asking, { source: 'uri_capture', name: 'id' }), '12');
  });

  it('is the consumer, or else the credential', () => {
    const input = { source: 'consumer' } as const;
    assert.equal(textOf({ consumer: { id: 'a' }, credential: { id: 'b' } }, input), 'a');
    assert.equal(textOf({ credential: { id: 'b' } }, input), 'b');
  });

  it('is what to fall back to when the first is missing, or else nothing', () => {
    const header = { source: 'header', name: 'x' } as const;
    assert.equal(textOf({}, header, { source: 'ip' }), '192.0.2.1');
    assert.equal(textOf({}, header), '');
    assert.equal(textOf({}, { source: 'uri_capture', name: 'id' }), '');
  });

  it('is the address for a stream, and nothing of HTTP', () => {
    const cookie = { source: 'cookie', name: 'c', path: '/' } as const;
    assert.equal(textOf({ request: null }, cookie, { source: 'ip' }), '192.0.2.1');
  });

  it('is a cookie, which a client that has none is given', () => {
    const input = { source: 'cookie', name: 'stick', path: '/shop' } as const;
    const known = hashInput([input], askingFor(requestWith({ cookie: ['a=1; stick=abc'] })));
    assert.deepEqual(known, { text: 'abc', cookieLine: '' });
    const { text, cookieLine } = hashInput([input], askingFor(requestWith({ cookie: ['a=1'] })));
    assert.match(text, /^[0-9a-f-]{36}$/);
    assert.equal(cookieLine, `Set-Cookie: stick=${text}; Path=/shop; Same-Site=Lax; HttpOnly\r\n`);
  });
});
