import { X509Certificate } from 'node:crypto';
import { isReference } from '../entities/reference.ts';
import type { Entity, EntityTables } from '../entities/tables.ts';
import { caveat, type Caveat } from './caveat.ts';

/** Certificates that those who verify them refuse by now. */
export function expiredCertificates(
  { certificates }: EntityTables,
  now: number = Date.now(),
): Caveat | undefined {
  const expired = [...certificates.values()].filter((one) => expiryOf(one) < now);
  return caveat('certificates', expired, {
    subject: 'certificates.cert: expired',
    what: 'a certificate that has expired is refused by those who verify it',
    effect: 'has expired, and is shown all the same',
  });
}

/**
 * Authorities that services trust and that are not there. No file comes so far: in it they are
 * references that lead nowhere.
 */
export function missingAuthorities({ ca_certificates: known, services }: EntityTables): Caveat[] {
  const trusting = Map.groupBy(
    [...services.values()].flatMap((service) =>
      (service.ca_certificates ?? []).map((id) => ({ service, id })),
    ),
    ({ id }) => id,
  );
  return [...trusting]
    .filter(([id]) => !known.has(id))
    .map(([id, uses]) =>
      caveat(
        'services',
        uses.map(({ service }) => service),
        {
          subject: `services.ca_certificates: ${id}`,
          what: `there is no CA certificate with the id ${id}`,
          effect: 'trusts nobody by it',
        },
      ),
    )
    .filter((found) => found !== undefined);
}

/** By the entity, which never changes: certificates take their time to be read. */
const expiries = new WeakMap<Entity<'certificates'>, number>();

/** When the first certificate of a pair expires, ms since 1970; never where it cannot be known. */
function expiryOf(certificate: Entity<'certificates'>): number {
  let expiry = expiries.get(certificate);
  if (expiry === undefined) {
    const { cert, cert_alt } = certificate;
    expiry = Math.min(...[cert, cert_alt].map(notAfter));
    expiries.set(certificate, expiry);
  }
  return expiry;
}

function notAfter(pem: string | null): number {
  if (pem === null || isReference(pem)) return Infinity;
  return new X509Certificate(pem).validToDate.getTime();
}
