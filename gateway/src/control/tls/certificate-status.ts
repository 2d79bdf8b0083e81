import { X509Certificate } from 'node:crypto';
import type { Entity, EntityTables } from '../../entities/tables.ts';
import { isReference } from '../../entities/reference.ts';

/** A certificate that the node shows, or of somebody that it trusts, for status and metrics. */
export interface CertificateStatus {
  /**
   * Listeners that show it where no SNI fits, `configuration` for one that is found by its SNI,
   * `upstream` for what is shown to upstreams; or an authority that vouches for clients or upstreams.
   */
  readonly where:
    | 'proxy'
    | 'admin'
    | 'status'
    | 'configuration'
    | 'upstream'
    | 'client_authorities'
    | 'upstream_authorities';
  /** The file, the id of the entity, or words. */
  readonly source: string;
  readonly names: string;
  /** `rsa`, `ec`, … */
  readonly keyType: string;
  /** When it ceases to be valid, ms since the epoch. */
  readonly expires: number;
  /** Why the file as it is now is not in use; null when it is. */
  readonly problem: string | null;
}

/** Most certificates of a configuration that are told of: those that expire first. */
const MOST = 1000;

/** Warned of when it is so near, ms. */
const SOON = 7 * 86_400_000;

const known = new WeakMap<Entity<'certificates'>, readonly CertificateStatus[]>();

/** The certificates of a configuration, those that expire first before the others. */
export function certificatesIn({ certificates }: EntityTables): CertificateStatus[] {
  return [...certificates.values()]
    .flatMap(statusOf)
    .sort((a, b) => a.expires - b.expires)
    .slice(0, MOST);
}

function statusOf(entity: Entity<'certificates'>): readonly CertificateStatus[] {
  let status = known.get(entity);
  if (status === undefined) {
    const pems = [entity.cert, entity.cert_alt].filter((pem) => pem !== null && !isReference(pem));
    status = pems.map((pem) =>
      describe('configuration', entity.id, new X509Certificate(pem ?? '')),
    );
    known.set(entity, status);
  }
  return status;
}

/** @param source the file, or the id of the entity */
export function describe(
  where: CertificateStatus['where'],
  source: string,
  certificate: X509Certificate,
): CertificateStatus {
  return {
    where,
    source,
    names: namesOf(certificate),
    keyType: certificate.publicKey.asymmetricKeyType ?? 'unknown',
    expires: certificate.validToDate.getTime(),
    problem: null,
  };
}

/** The names that a certificate is for, or its subject. */
export function namesOf({ subjectAltName, subject }: X509Certificate): string {
  return subjectAltName ?? subject.replaceAll('\n', ', ');
}

/** What an operator should look after. */
export function certificateWarnings(
  certificates: readonly CertificateStatus[],
  now = Date.now(),
): string[] {
  const problems = new Set(certificates.flatMap(({ problem }) => problem ?? []));
  const old = certificates.filter(({ expires }) => expires < now + SOON);
  return [
    ...[...problems].map((problem) => `changed certificate files are not in use: ${problem}`),
    ...old.map(({ source, names, expires }) => {
      const date = new Date(expires).toISOString();
      return `the certificate ${source} (${names}) ${expires < now ? 'has expired' : 'expires'} on ${date}`;
    }),
  ];
}
