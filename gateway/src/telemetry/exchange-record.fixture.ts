import type { ExchangeRecord } from './exchange-record.ts';

/** A finished exchange for tests: an ordinary one but for `changes`. */
export function exchangeRecord(changes: Partial<ExchangeRecord> = {}): ExchangeRecord {
  return {
    id: '0123456789abcdef0123456789abcdef',
    revision: 7,
    startedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
    clientIp: '203.0.113.9',
    clientPort: 50_123,
    method: 'GET',
    scheme: 'https',
    tls: {
      ...{ version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', sni: 'shop.example' },
      ...{ clientVerified: true, clientCertificate: { subject: 'O=Partner\nCN=till 7' } },
    },
    hostHeader: 'shop.example',
    rawPath: '/orders/17',
    httpVersion: '1.1',
    status: 200,
    grpcStatus: -1,
    routeId: '3b1e0a3c-8f0d-4d5c-9a5e-0123456789ab',
    routeName: 'orders',
    serviceId: '6f1c3f1e-52a8-4b0e-8a55-0123456789ab',
    serviceName: 'shop',
    consumerId: null,
    consumerName: null,
    credentialId: null,
    consumerMemo: null,
    source: 'upstream',
    reason: null,
    bytesIn: 120,
    bytesOut: 456,
    totalMs: 12.3456,
    upstreamMs: 11,
    gatewayMs: 1.25,
    tries: 1,
    upstreamAddress: '10.0.0.1:8080',
    upstreamStatus: 200,
    aborted: null,
    webSocket: null,
    ...changes,
  };
}
