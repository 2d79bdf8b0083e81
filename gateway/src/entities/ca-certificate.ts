import { X509Certificate } from 'node:crypto';
import { certificateProblem } from './certificate.ts';
import { defineEntity, type EntityOf } from './definition.ts';
import * as common from './schema/common-fields.ts';
import { f, type CheckFailure } from './schema/field.ts';

export const caCertificate = defineEntity({
  name: 'ca_certificates',
  singular: 'ca certificate',
  endpointKey: null,
  cacheKey: ['cert_digest'],
  fields: {
    id: common.id,
    created_at: common.created_at,
    updated_at: common.updated_at,
    cert: f.string({ required: true, check: certificateProblem }),
    cert_digest: f.string({ unique: true, description: 'SHA-256 of the certificate.' }),
    tags: common.tags,
  },
  checks: [{ reads: ['cert'], custom: isAuthority }],
  prepare: withDigest,
});

export type CaCertificate = EntityOf<typeof caCertificate>;

function isAuthority(record: Readonly<Record<string, unknown>>): CheckFailure | undefined {
  if (typeof record.cert !== 'string') return undefined;
  if (record.cert.split('-----BEGIN CERTIFICATE-----').length > 2) {
    return { message: 'please submit only one certificate at a time' };
  }
  const cert = new X509Certificate(record.cert);
  if (cert.validToDate.getTime() < Date.now()) {
    return { message: 'certificate expired, "Not After" time is in the past' };
  }
  if (cert.ca) return undefined;
  return {
    message:
      'certificate does not appear to be a CA because it is missing the "CA" basic constraint',
  };
}

function withDigest(input: Readonly<Record<string, unknown>>): typeof input {
  if (typeof input.cert !== 'string' || certificateProblem(input.cert) !== undefined) return input;
  const digest = new X509Certificate(input.cert).fingerprint256.replaceAll(':', '').toLowerCase();
  return { ...input, cert_digest: digest };
}
