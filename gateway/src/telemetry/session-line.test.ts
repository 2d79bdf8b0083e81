import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatSessionLine } from './session-line.ts';
import { sessionRecord } from './session-record.fixture.ts';

const lineOf = (changes: Parameters<typeof sessionRecord>[0] = {}): Record<string, unknown> =>
  JSON.parse(formatSessionLine(sessionRecord(changes))) as Record<string, unknown>;

describe('The access line of a stream', () => {
  it('is one line of JSON with all that is known', () => {
    assert.match(formatSessionLine(sessionRecord()), /^\{.*\}\n$/);
    assert.deepEqual(lineOf(), {
      time: '2026-01-02T03:04:05.006Z',
      session_id: '0123456789abcdef0123456789abcdef',
      revision: 7,
      client_ip: '203.0.113.9',
      client_port: 50123,
      server_port: 5432,
      protocol: 'tls',
      sni: 'db.example',
      tls: {
        ...{ version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
        ...{ client_verified: true, client_subject: 'O=Partner, CN=till 7' },
      },
      route_id: '00000000-0000-4000-8000-000000000001',
      route_name: 'database',
      service_id: '00000000-0000-4000-8000-000000000002',
      service_name: 'postgres',
      bytes_in: 120,
      bytes_out: 456,
      total_ms: 12345.5,
      connect_ms: 1.25,
      tries: 1,
      upstream_address: '10.0.0.1:5432',
      status: 200,
      reason: 'completed',
      ended_by: 'client',
    });
  });

  it('says null of what there is not, in the same fields', () => {
    const line = lineOf({
      ...{ sni: '', tls: null, connectMs: -1, tries: 0, upstreamAddress: null },
      ...{ routeId: null, routeName: null, serviceId: null, serviceName: null },
    });
    assert.deepEqual(Object.keys(line), Object.keys(lineOf()));
    const names = ['sni', 'tls', 'connect_ms', 'upstream_address', 'route_id', 'service_name'];
    for (const name of names) assert.equal(line[name], null, name);
  });

  it('escapes what a name brings along', () => {
    assert.equal(lineOf({ routeName: 'a"\n\u009b' })['route_name'], 'a"\n\u009b');
  });
});
