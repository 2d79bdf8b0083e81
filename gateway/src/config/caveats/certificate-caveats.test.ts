import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { certificate, key } from '../../admin/testing/certificate.ts';
import { entity, tablesWith } from '../../control/testing/entities.ts';
import { expiredCertificates, missingAuthorities } from './certificate-caveats.ts';

describe('the caveats of certificates', () => {
  const id = '00000000-0000-4000-8000-000000000001';

  it('name those that have expired', () => {
    const tables = tablesWith({
      certificates: [entity('certificates', { id, cert: certificate, key })],
    });
    assert.equal(expiredCertificates(tables, Date.UTC(2126, 0)), undefined);
    assert.equal(
      expiredCertificates(tables, Date.UTC(2127, 0))?.message,
      `a certificate that has expired is refused by those who verify it: certificate '${id}' has expired, and is shown all the same`,
    );
  });

  it('name the authorities that a service trusts and that are not there', () => {
    const known = entity('ca_certificates', { cert: certificate });
    const service = entity('services', {
      name: 's',
      url: 'https://a.test',
      ca_certificates: [known.id, id],
    });
    const tables = tablesWith({ ca_certificates: [known], services: [service] });
    assert.deepEqual(
      missingAuthorities(tables).map(({ message }) => message),
      [`there is no CA certificate with the id ${id}: service 's' trusts nobody by it`],
    );
  });

  it('name those that a plugin goes by', () => {
    const plugin = entity('plugins', { name: 'mtls-auth', config: { ca_certificates: [id] } });
    assert.deepEqual(
      missingAuthorities(tablesWith({ plugins: [plugin] })).map(({ subject }) => subject),
      [`plugins.config.ca_certificates: ${id}`],
    );
  });
});
