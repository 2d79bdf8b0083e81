import type { SessionRecord } from './session-record.ts';

/** An ordinary stream, with what a test wants otherwise. */
export function sessionRecord(changes: Partial<SessionRecord> = {}): SessionRecord {
  return {
    id: '0123456789abcdef0123456789abcdef',
    revision: 7,
    startedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
    clientIp: '203.0.113.9',
    clientPort: 50123,
    serverPort: 5432,
    protocol: 'tls',
    sni: 'db.example',
    tls: {
      ...{ version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
      ...{ clientVerified: true, clientCertificate: { subject: 'O=Partner\nCN=till 7' } },
    },
    routeId: '00000000-0000-4000-8000-000000000001',
    routeName: 'database',
    serviceId: '00000000-0000-4000-8000-000000000002',
    serviceName: 'postgres',
    bytesIn: 120,
    bytesOut: 456,
    totalMs: 12_345.5,
    connectMs: 1.25,
    tries: 1,
    upstreamAddress: '10.0.0.1:5432',
    status: 200,
    reason: 'completed',
    endedBy: 'client',
    ...changes,
  };
}
