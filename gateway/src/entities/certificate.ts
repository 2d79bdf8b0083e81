import { createPrivateKey, X509Certificate } from 'node:crypto';
import { defineEntity, type EntityOf } from './definition.ts';
import { isReference } from './reference.ts';
import * as checks from './schema/checks.ts';
import * as common from './schema/common-fields.ts';
import { f, type CheckFailure } from './schema/field.ts';

type Values = Readonly<Record<string, unknown>>;

export const certificate = defineEntity({
  name: 'certificates',
  singular: 'certificate',
  endpointKey: null,
  fields: {
    id: common.id,
    created_at: common.created_at,
    updated_at: common.updated_at,
    cert: f.string({ required: true, referenceable: true, check: certificatePem }),
    key: f.string({
      required: true,
      referenceable: true,
      encrypted: true,
      check: privateKeyPem,
    }),
    cert_alt: f.string({ referenceable: true, check: certificatePem }),
    key_alt: f.string({ referenceable: true, encrypted: true, check: privateKeyPem }),
    tags: common.tags,
    snis: f.array(f.string({ check: checks.wildcardHost }), {
      transient: true,
      description: 'Names that it is shown for.',
    }),
  },
  checks: [
    { mutually_required: ['cert_alt', 'key_alt'] },
    { reads: ['cert', 'key'], custom: (record) => pairOf(record, 'cert', 'key', '') },
    {
      reads: ['cert_alt', 'key_alt'],
      custom: (record) => pairOf(record, 'cert_alt', 'key_alt', 'alternative '),
    },
    { reads: ['cert', 'cert_alt'], custom: differentTypes },
  ],
});

export type Certificate = EntityOf<typeof certificate>;

function certificatePem(pem: string): string | undefined {
  return isReference(pem) ? undefined : certificateProblem(pem);
}

/** What is wrong with a certificate in PEM, or undefined. */
export function certificateProblem(pem: string): string | undefined {
  try {
    new X509Certificate(pem);
    return undefined;
  } catch (error) {
    return `invalid certificate: ${reason(error)}`;
  }
}

function privateKeyPem(pem: string): string | undefined {
  if (isReference(pem)) return undefined;
  try {
    createPrivateKey(pem);
    return undefined;
  } catch (error) {
    return `invalid key: ${reason(error)}`;
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function pairOf(
  record: Values,
  certName: string,
  keyName: string,
  which: string,
): CheckFailure | undefined {
  const cert = plainText(record[certName]);
  const key = plainText(record[keyName]);
  if (cert === undefined || key === undefined) return undefined;
  const matches = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  return matches ? undefined : { message: `${which}certificate does not match key` };
}

function differentTypes(record: Values): CheckFailure | undefined {
  const cert = plainText(record.cert);
  const alternative = plainText(record.cert_alt);
  if (cert === undefined || alternative === undefined) return undefined;
  const type = new X509Certificate(cert).publicKey.asymmetricKeyType;
  if (type !== new X509Certificate(alternative).publicKey.asymmetricKeyType) return undefined;
  return {
    message:
      'certificate and alternative certificate need to have different type (e.g. RSA and ECDSA), the provided certificates were both of the same type',
  };
}

function plainText(value: unknown): string | undefined {
  return typeof value === 'string' && !isReference(value) ? value : undefined;
}
