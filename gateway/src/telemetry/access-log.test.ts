import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatAccessLine } from './access-log.ts';
import { exchangeRecord } from './exchange-record.fixture.ts';
import type { ExchangeRecord } from './exchange-record.ts';

function parse(changes: Partial<ExchangeRecord> = {}): Record<string, unknown> {
  return JSON.parse(formatAccessLine(exchangeRecord(changes))) as Record<string, unknown>;
}

describe('access line', () => {
  it('has every field of the reference, in its order', () => {
    const line = formatAccessLine(
      exchangeRecord({ consumerId: 'c-1', consumerName: 'alice', credentialId: 'k-1' }),
    );
    assert.deepEqual(Object.entries(JSON.parse(line) as object), [
      ['time', '2026-01-02T03:04:05.006Z'],
      ['request_id', '0123456789abcdef0123456789abcdef'],
      ['revision', 7],
      ['client_ip', '203.0.113.9'],
      ['client_port', 50_123],
      ['method', 'GET'],
      ['scheme', 'https'],
      [
        'tls',
        {
          ...{ version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', sni: 'shop.example' },
          ...{ client_verified: true, client_subject: 'O=Partner, CN=till 7' },
        },
      ],
      ['host', 'shop.example'],
      ['path', '/orders/17'],
      ['http_version', '1.1'],
      ['status', 200],
      ['grpc_status', null],
      ['route_id', '3b1e0a3c-8f0d-4d5c-9a5e-0123456789ab'],
      ['route_name', 'orders'],
      ['service_id', '6f1c3f1e-52a8-4b0e-8a55-0123456789ab'],
      ['service_name', 'shop'],
      ['consumer_id', 'c-1'],
      ['consumer_name', 'alice'],
      ['credential_id', 'k-1'],
      ['bytes_in', 120],
      ['bytes_out', 456],
      ['total_ms', 12.346],
      ['gateway_ms', 1.25],
      ['upstream_ms', 11],
      ['tries', 1],
      ['upstream_address', '10.0.0.1:8080'],
      ['upstream_status', 200],
      ['source', 'upstream'],
      ['reason', null],
      ['aborted', null],
      ['websocket', null],
    ]);
  });

  it('has null for what did not happen', () => {
    const line = parse({
      routeId: null,
      upstreamMs: -1,
      upstreamStatus: -1,
      upstreamAddress: null,
      source: 'gateway',
      reason: 'no_route',
    });
    assert.equal(line.route_id, null);
    assert.equal(line.upstream_ms, null);
    assert.equal(line.upstream_status, null);
    assert.equal(line.upstream_address, null);
    assert.equal(line.reason, 'no_route');
  });

  it('tells how a call of gRPC ended, and nothing of it in the next line', () => {
    assert.equal(parse({ grpcStatus: 0 }).grpc_status, 0);
    assert.equal(parse({ grpcStatus: 14 }).grpc_status, 14);
    assert.equal(parse({}).grpc_status, null);
  });

  it('tells what passed in a WebSocket, and nothing of it in the next line', () => {
    const webSocket = {
      messagesIn: 3,
      messagesOut: 5,
      closeCode: 1012,
      endedBy: 'reload',
    } as const;
    const told = { messages_in: 3, messages_out: 5, close_code: 1012, ended_by: 'reload' };
    assert.deepEqual(parse({ webSocket }).websocket, told);
    const silent = parse({ webSocket: { ...webSocket, closeCode: 0 } });
    assert.deepEqual(silent.websocket, { ...told, close_code: null });
    assert.equal(parse({}).websocket, null);
  });

  it('is one line of valid JSON whatever bytes a client sends', () => {
    const bytes = fc
      .uint8Array({ maxLength: 60 })
      .map((array) => Buffer.from(array).toString('latin1'));
    const anything = fc.oneof(bytes, fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(anything, anything, anything, (rawPath, hostHeader, method) => {
        const line = formatAccessLine(exchangeRecord({ rawPath, hostHeader, method }));
        assert.equal(line.indexOf('\n'), line.length - 1);
        const read = JSON.parse(Buffer.from(line).toString()) as Record<string, unknown>;
        assert.equal(read.path, rawPath.toWellFormed() === rawPath ? rawPath : read.path);
        assert.equal(read.method, method.toWellFormed() === method ? method : read.method);
      }),
    );
  });

  it('is valid JSON whatever the numbers', () => {
    const number = fc.oneof(fc.double({ min: 0 }), fc.constantFrom(-1, NaN, Infinity, 0, 0.0004));
    fc.assert(
      fc.property(number, number, number, (totalMs, gatewayMs, upstreamMs) => {
        const line = parse({ totalMs, gatewayMs, upstreamMs });
        if (totalMs >= 0 && totalMs < 1e9) {
          assert.ok(Math.abs((line.total_ms as number) - totalMs) <= 0.0006);
        }
      }),
    );
  });

  it('sends no command to the terminal of whoever reads it', () => {
    const line = formatAccessLine(exchangeRecord({ rawPath: '/\x1b[2J\x9b2J\x7f' }));
    // eslint-disable-next-line no-control-regex -- they must not be there
    assert.doesNotMatch(line.trimEnd(), /[\u0000-\u001f\u007f-\u009f]/);
  });

  it('gives the time of each request, also across seconds and backwards', () => {
    const at = Date.UTC(2026, 0, 1);
    for (const offset of [0, 999, 1000, 59_999, 500]) {
      assert.equal(parse({ startedAt: at + offset }).time, new Date(at + offset).toISOString());
    }
    assert.equal(parse({ startedAt: at + 7.9 }).time, '2026-01-01T00:00:00.007Z');
  });

  it('tells what repeats from line to line and what changes in between', () => {
    const names = ['Zoë', 'Zoë', 'Zoë', '\u{1f600}"', '\u{1f600}"', 'Zoë'];
    for (const [i, name] of names.entries()) {
      const status = i % 3 === 2 ? 404 : 200;
      const upstreamMs = i % 2 === 0 ? 1.5 : 5000.25;
      const who = { consumerId: 'c', consumerName: name, credentialId: 'k' };
      const line = parse({ ...who, routeName: name, status, upstreamMs });
      assert.equal(line.route_name, name);
      assert.equal(line.consumer_name, name);
      assert.equal(line.status, status);
      assert.equal(line.upstream_ms, upstreamMs);
    }
  });

  it('cuts a path that is too long', () => {
    const line = parse({ rawPath: `/${'a'.repeat(5000)}` });
    assert.equal((line.path as string).length, 2048);
  });
});
