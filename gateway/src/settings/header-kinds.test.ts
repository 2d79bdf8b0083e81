import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { responseHeaders, upstreamHeaders } from './header-kinds.ts';

const none = {
  server: false,
  via: false,
  upstreamLatency: false,
  proxyLatency: false,
  responseLatency: false,
  upstreamStatus: false,
  requestId: false,
};

describe('response headers', () => {
  const kind = responseHeaders();

  it("are switched on by Kong's words, whatever their case", () => {
    assert.deepEqual(kind.parse('SERVER_tokens, x-kong-upstream-status'), {
      ...none,
      server: true,
      via: true,
      upstreamStatus: true,
    });
  });

  it('may be spelt as Sluice names them', () => {
    const sluice = kind.parse('X-Sluice-Upstream-Latency,x-sluice-request-id');
    assert.deepEqual(sluice, { ...none, upstreamLatency: true, requestId: true });
  });

  it('may be off', () => assert.deepEqual(kind.parse('off'), none));

  it('read what they have formatted', () => {
    for (const text of ['server_tokens,latency_tokens,X-Kong-Request-Id', 'Via', 'off']) {
      assert.equal(kind.format(kind.parse(text)), text);
    }
  });

  it('are refused beside off, and when nobody knows them', () => {
    assert.throws(() => kind.parse('off,Via'), { message: 'names headers beside "off"' });
    assert.throws(() => kind.parse('X-Powered-By'), {
      message: /^has an unknown header "X-Powered-By"; known are server_tokens, .*, off$/,
    });
  });
});

describe('upstream headers', () => {
  it('are the request id or nothing', () => {
    const kind = upstreamHeaders();
    assert.equal(kind.parse('X-Kong-Request-Id'), true);
    assert.equal(kind.parse('x-sluice-request-id'), true);
    assert.equal(kind.parse('off'), false);
    assert.throws(() => kind.parse('Via'), { message: 'is neither X-Kong-Request-Id nor off' });
  });
});
